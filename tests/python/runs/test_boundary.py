"""What all ranks do between the same two steps: they hold while the run is paused, and they stop."""

from __future__ import annotations

import json
import os
import threading
from pathlib import Path

import pytest
from tunesmith.core import in_place
from tunesmith.core.attempts import furnish
from tunesmith.core.layout import AttemptFolder, RunFolder
from tunesmith.core.run import Phase
from tunesmith.runtime.boundary import Boundary
from tunesmith.runtime.context import RunContext
from waiting import until


@pytest.fixture
def attempt(tmp_path: Path) -> AttemptFolder:
    attempt = RunFolder(tmp_path).attempt(1)
    furnish(attempt, None)
    return attempt


class Rank:
    """One rank that steps on a thread of its own, as far as it is allowed to."""

    def __init__(
        self, attempt: AttemptFolder, number: int, world_size: int, steps: threading.Barrier
    ) -> None:
        self.done = 0
        self.held_at: list[int] = []
        self.holds = False
        self.stopped_at: int | None = None
        self._boundary = Boundary(attempt, number, world_size, self._tell)
        self._steps = steps
        self._thread = threading.Thread(target=self._train, daemon=True)
        self._thread.start()

    def _train(self) -> None:
        """A step is over when all ranks have joined it, as in an all-reduce."""
        while self.stopped_at is None:
            self._steps.wait()
            self.done += 1
            if self._boundary.reached():
                self.stopped_at = self.done

    def _tell(self, holds: bool) -> None:
        self.holds = holds
        if holds:
            self.held_at.append(self.done)

    def ended(self) -> bool:
        return not self._thread.is_alive()


def pause(attempt: AttemptFolder, name: str) -> None:
    in_place.write(attempt.pause_request, {"id": name, "by": "Ann"})


def gang(attempt: AttemptFolder, size: int) -> list[Rank]:
    steps = threading.Barrier(size)
    return [Rank(attempt, number, size, steps) for number in range(size)]


@pytest.mark.parametrize("size", [1, 2, 3])
def test_all_ranks_hold_at_the_same_step_and_go_on_from_there(attempt: AttemptFolder, size: int) -> None:
    ranks = gang(attempt, size)
    for name in ("first", "second", "third"):
        before = max(rank.done for rank in ranks)
        until("steps were made", lambda before=before: all(rank.done > before for rank in ranks))
        pause(attempt, name)
        until("all hold", lambda: all(rank.holds for rank in ranks))
        assert len({rank.done for rank in ranks}) == 1
        in_place.wipe(attempt.pause_request)
    until("they went on", lambda: all(rank.done > rank.held_at[-1] + 2 for rank in ranks))
    assert len({tuple(rank.held_at) for rank in ranks}) == 1
    assert len(ranks[0].held_at) == 3
    in_place.write(attempt.stop_request, {"by": "Ann"})
    until("all stopped", lambda: all(rank.ended() for rank in ranks))


def files_in(attempt: AttemptFolder) -> dict[str, int]:
    return {entry.name: entry.inode() for entry in os.scandir(attempt.path) if entry.is_file()}


def test_ranks_agree_through_files_that_are_there_from_the_beginning(attempt: AttemptFolder) -> None:
    """A machine may remember for a minute that a name was not there, or which file it was."""
    there = files_in(attempt)
    zero, one = (Boundary(attempt, rank, 2, lambda holds: None) for rank in (0, 1))
    pause(attempt, "one")
    assert not zero.reached(0.2)
    in_place.wipe(attempt.pause_request)
    in_place.write(attempt.epoch_request, {"by": "Ann"})
    assert not one.reached(0.2)
    assert not zero.reached(0.4)
    assert one.epoch_ended(1.0)
    in_place.write(attempt.stop_request, {"by": "Ann"})
    assert not one.reached(0.4)
    assert not zero.reached(0.6)
    assert not one.reached(0.6)
    assert zero.reached(0.8)
    assert one.reached(0.8)
    assert files_in(attempt) == there


@pytest.mark.parametrize("size", [1, 2])
def test_a_stop_ends_ranks_that_hold(attempt: AttemptFolder, size: int) -> None:
    ranks = gang(attempt, size)
    pause(attempt, "one")
    until("all hold", lambda: all(rank.holds for rank in ranks))
    in_place.write(attempt.stop_request, {"by": "Ann"})
    until("all stopped", lambda: all(rank.ended() for rank in ranks))
    assert len({rank.stopped_at for rank in ranks}) == 1


def test_a_pause_that_is_over_when_a_rank_comes_to_it_holds_nobody(
    attempt: AttemptFolder,
) -> None:
    zero = Boundary(attempt, 0, 2, lambda holds: pytest.fail("rank 0 held"))
    one = Boundary(attempt, 1, 2, lambda holds: pytest.fail("rank 1 held"))
    pause(attempt, "one")
    assert not zero.reached()
    in_place.wipe(attempt.pause_request)
    assert not one.reached()
    assert not zero.reached()
    assert not one.reached()


@pytest.mark.parametrize("epoch", [0.5, 0.99])
def test_an_epoch_is_named_before_any_rank_has_ended_it(attempt: AttemptFolder, epoch: float) -> None:
    zero, one = (Boundary(attempt, rank, 2, lambda holds: None) for rank in (0, 1))
    in_place.write(attempt.epoch_request, {"by": "Ann"})
    assert not zero.reached(epoch)
    assert not one.reached(epoch)
    assert one.epoch_ended(1.0)
    assert zero.epoch_ended(1.0)


def test_with_several_ranks_a_request_in_the_last_step_of_an_epoch_counts_for_the_next(
    attempt: AttemptFolder,
) -> None:
    zero, one = (Boundary(attempt, rank, 2, lambda holds: None) for rank in (0, 1))
    assert not one.epoch_ended(1.0)
    in_place.write(attempt.epoch_request, {"by": "Ann"})
    assert not zero.reached(1.0)
    assert not zero.epoch_ended(1.0)
    assert zero.epoch_ended(2.0)
    assert one.epoch_ended(2.0)


def test_a_rank_alone_stops_after_the_epoch_that_it_is_in(attempt: AttemptFolder) -> None:
    one = Boundary(attempt, 0, 1, lambda holds: None)
    assert not one.reached(1.0)
    in_place.write(attempt.epoch_request, {"by": "Ann"})
    assert one.epoch_ended(1.0)


def test_progress_says_that_the_run_is_paused_and_what_it_does_after(attempt: AttemptFolder) -> None:
    run = RunFolder(attempt.path.parents[1])
    context = RunContext(run, attempt, 0, 1)
    context.progress(Phase.TRAINING, step=7, loss=0.5)
    pause(attempt, "one")
    rank = threading.Thread(target=context.stop_requested, daemon=True)
    rank.start()

    def last() -> dict[str, object]:
        return json.loads(run.progress.read_text().splitlines()[-1])

    until("it is paused", lambda: last()["phase"] == "paused")
    assert (last()["step"], last()["loss"]) == (7, 0.5)
    in_place.wipe(attempt.pause_request)
    rank.join(60)
    assert last()["phase"] == "training"
