"""Two real gloo ranks under the real launcher: one is lost, and the run says which, why, and soon."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from process_scan import living
from trainer import PYTHON
from training import end
from tunesmith.core.layout import RunFolder, runs_home
from tunesmith.core.spec import Launch, RunSpec
from tunesmith.runs import control, launch, store
from tunesmith.runs.runtime_copy import runtime_copy
from tunesmith.runs.view import RunView
from waiting import until

PROGRAM = Path(__file__).parents[1] / "fixtures" / "gloo_ranks.py"
PATIENCE = 240.0
"""Far less than the thirty minutes that gloo would wait."""

ENDINGS = {
    "raises": ("failed", "Rank 1: ValueError: rank 1 read a row without a label"),
    "killed": (
        "signalled",
        "Rank 1 was ended by SIGKILL. Nobody asked for that: the system may have run out of memory.",
    ),
    "sys.exit": ("failed", "Rank 1: Exit code 3: rank 1 took step 2"),
    "returns": (
        "failed",
        "Rank 1 was done before rank 0 and the others waited for it in vain. "
        "All ranks must take the same number of steps.",
    ),
    "os._exit": ("failed", "Rank 1 ended without a word, and the others then missed it."),
    "holds the line": (
        "signalled",
        "Rank 1 vanished without a word: something killed it. The others waited for it and were ended.",
    ),
}

Started = dict[str, RunFolder]


def start(folder: Path, ending: str) -> RunFolder:
    run = RunFolder(runs_home(folder) / f"20260101-120000-{list(ENDINGS).index(ending):04x}")
    for place in run.attempt(1).folders:
        place.mkdir(parents=True)
    run.lock.touch()
    run.supervisor_lock.touch()
    runtime = runtime_copy()
    ranks = ("-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2", str(PROGRAM))
    environment = {**launch.environment(run.id, runtime, os.environ), "OMP_NUM_THREADS": "1"}
    inner = Launch((str(PYTHON), *ranks, str(run.path)), environment, str(folder))
    spec = RunSpec(run.id, "two", "r", "train", {"ending": ending}, inner, str(PYTHON), 2, time.time(), "0")
    run.spec.write_text(spec.to_json())
    control.start_supervisor(launch.supervisor(Path(sys.executable), runtime, run, 1), run.attempt(1))
    control.wait_for_start(run.attempt(1))
    return run


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], RunFolder]]:
    """All of them at once: most of the time they wait for their imports."""
    folder = tmp_path_factory.mktemp("ranks")
    started = {ending: start(folder, ending) for ending in ENDINGS}
    yield started.__getitem__
    for run in started.values():
        end(run)


def ended(run: RunFolder) -> RunView:
    view = until(
        "it has ended",
        lambda: view if (view := store.look(run)).state not in ("running", "queued") else None,
        PATIENCE,
    )
    assert living(run) == set()
    return view


@pytest.mark.parametrize("ending", ENDINGS)
def test_the_rank_that_was_lost_first_is_named(runs: Callable[[str], RunFolder], ending: str) -> None:
    run = runs(ending)
    view = ended(run)
    cause, message = ENDINGS[ending]
    said = (view.message or "").partition(" It last used")[0]
    assert (view.cause, said) == (cause, message), run.attempt(1).rank_log(0).read_text()[-2000:]
    assert [(rank.number, rank.alive) for rank in view.ranks] == [(0, False), (1, False)]
    lost = view.ranks[1]
    log = run.attempt(1).rank_log(1)
    assert lost.log == view.log == str(log)
    assert "rank 1 took step 2" in log.read_text()
    assert lost.error is None or lost.error.startswith(message) or message.endswith(lost.error)
    raised = ending == "raises"
    assert (lost.traceback is not None) == raised
    assert "read a row without a label" in Path(lost.traceback).read_text() if lost.traceback else not raised
