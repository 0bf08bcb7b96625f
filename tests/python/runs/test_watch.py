"""Noticing that runs changed."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from tunesmith.core import in_place
from tunesmith.core.attempts import furnish
from tunesmith.core.files import write_json
from tunesmith.core.layout import RunFolder, runs_home
from tunesmith.core.spec import Launch, RunSpec
from tunesmith.runs import store
from tunesmith.runs.progress import Recent
from tunesmith.runs.view import RunView
from tunesmith.runs.watch import Watcher
from waiting import until

END = {"time": 1.0, "code": 0, "cause": "finished", "by": None, "message": None}


def make(folder: Path, run_id: str) -> RunFolder:
    run = RunFolder(runs_home(folder) / run_id)
    run.attempt(1).path.mkdir(parents=True)
    launch = Launch((sys.executable,), {}, str(folder))
    run.spec.write_text(RunSpec(run_id, "t", "t", "train", {}, launch, "python", 1, 0.0, "0").to_json())
    return run


def states(watcher: Watcher) -> dict[str, str]:
    return {view.id: view.state for view in watcher.look().runs}


def test_only_what_changed_is_told(tmp_path: Path) -> None:
    one, other = make(tmp_path, "one"), make(tmp_path, "other")
    watcher = Watcher(lambda: [tmp_path])
    assert states(watcher) == {"one": "queued", "other": "queued"}
    assert states(watcher) == {}
    write_json(one.attempt(1).started, {})
    assert states(watcher) == {"one": "lost"}
    write_json(one.attempt(1).exit, END)
    assert states(watcher) == {"one": "ended"}
    assert states(watcher) == {}
    other.progress.write_text('{"time": 0, "attempt": 1, "phase": "training", "step": 3}\n')
    assert [view.step for view in watcher.look().runs] == [3]


def test_a_loss_that_is_no_number_is_told_once(tmp_path: Path) -> None:
    run = make(tmp_path, "one")
    watcher = Watcher(lambda: [tmp_path])
    watcher.look()
    run.progress.write_text('{"time": 0, "attempt": 1, "phase": "training", "step": 3, "loss": NaN}\n')
    assert [view.step for view in watcher.look().runs] == [3]
    assert watcher.look().runs == []


def test_a_home_that_is_added_while_a_search_goes_on_is_kept(tmp_path: Path) -> None:
    make(tmp_path / "elsewhere", "one")

    def folders() -> list[Path]:
        watcher.add(runs_home(tmp_path / "elsewhere"))
        return []

    watcher = Watcher(folders)
    assert states(watcher) == {"one": "queued"}


def test_a_removed_run_is_told_once(tmp_path: Path) -> None:
    run = make(tmp_path, "one")
    watcher = Watcher(lambda: [tmp_path])
    watcher.look()
    shutil.rmtree(run.path)
    assert watcher.look().removed == ["one"]
    assert watcher.look().removed == []


def test_the_first_run_of_a_folder_is_seen_without_a_search(tmp_path: Path) -> None:
    watcher = Watcher(lambda: [tmp_path])
    assert states(watcher) == {}
    make(tmp_path / "deep", "one")
    watcher.add(runs_home(tmp_path / "deep"))
    assert states(watcher) == {"one": "queued"}


def test_a_folder_that_cannot_be_read_is_logged_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    make(tmp_path, "one").spec.write_text("{")
    watcher = Watcher(lambda: [tmp_path])
    assert states(watcher) == states(watcher) == {}
    assert len(caplog.records) == 1


async def test_the_first_look_tells_all(tmp_path: Path) -> None:
    make(tmp_path, "one")
    async for changes in Watcher(lambda: [tmp_path]).changes():
        assert [view.id for view in changes.runs] == ["one"]
        break


def write_step(run: RunFolder, step: int, torn: str = "") -> None:
    line = f'{{"time": {step}, "attempt": 1, "phase": "training", "step": {step}}}\n'
    with run.progress.open("a") as file:
        file.write(line + torn)


def test_a_run_at_rest_is_not_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = make(tmp_path, "one")
    write_json(run.attempt(1).exit, END)
    watcher = Watcher(lambda: [tmp_path])
    watcher.look()
    until("its folder is old enough to be believed", lambda: not looks_of(watcher, monkeypatch))
    run.attempt(2).path.mkdir()
    assert looks_of(watcher, monkeypatch) == ["one"]


def looks_of(watcher: Watcher, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The runs that one look reads in full."""
    read: list[str] = []
    look = store.look

    def noted(run: RunFolder, recent: Recent | None = None) -> RunView:
        read.append(run.id)
        return look(run, recent)

    with monkeypatch.context() as patch:
        patch.setattr(store, "look", noted)
        watcher.look()
    return read


def test_only_the_new_lines_of_a_progress_are_read(tmp_path: Path) -> None:
    run = make(tmp_path, "one")
    recent = Recent(run.progress)
    assert recent.latest(1) is None
    write_step(run, 1, torn='{"time": 2, "att')
    assert [found.step for found in recent.lines(1)] == [1]
    with run.progress.open("a") as file:
        file.write('empt": 1, "phase": "training", "step": 2}\n')
    assert [found.step for found in recent.lines(1)] == [1, 2]
    write_step(run, 3)
    assert recent.latest(1) == recent.lines(1)[-1]
    assert recent.lines(2) == []
    run.progress.write_text("")
    assert recent.lines(1) == []


def test_a_list_that_is_asked_for_knows_what_no_look_has_told_yet(tmp_path: Path) -> None:
    make(tmp_path / "a", "one")
    watcher = Watcher(lambda: [tmp_path])
    watcher.look()
    make(tmp_path / "a", "two")
    assert {view.id for view in watcher.views([tmp_path / "a"])} == {"one", "two"}
    assert watcher.views([tmp_path / "b"]) == []
    assert [view.id for view in watcher.look().runs] == ["two"]


def test_a_step_is_told_without_reading_the_whole_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = make(tmp_path, "one")
    write_step(run, 1)
    with holding_locks(run):
        watcher = Watcher(lambda: [tmp_path])
        watcher.look()
        until("its folder is old enough to be believed", lambda: not looks_of(watcher, monkeypatch))
        write_step(run, 2)
        with monkeypatch.context() as patch:
            patch.setattr(store, "look", None)
            (view,) = watcher.look(all_of_them=False).runs
        assert (view.state, view.step) == ("running", 2)
        with run.progress.open("a") as file:
            file.write('{"time": 3, "attempt": 1, "phase": "saving", "step": 3}\n')
        assert [view.phase for view in watcher.look(all_of_them=False).runs] == ["saving"]


@contextmanager
def holding_locks(run: RunFolder) -> Iterator[None]:
    """Another process holds the locks of the run, as its ranks and supervisor would."""
    hold = (
        "import sys; from pathlib import Path; from tunesmith.core import locks\n"
        "held = [locks.take_shared(Path(sys.argv[1])), locks.take_exclusive(Path(sys.argv[2]))]\n"
        "print('held', flush=True); sys.stdin.read()"
    )
    command = [sys.executable, "-c", hold, str(run.lock), str(run.supervisor_lock)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        holder.stdout.readline()
        yield
        holder.kill()


def test_a_stop_is_told_at_once_though_no_name_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = make(tmp_path, "one")
    shutil.rmtree(run.attempt(1).path)
    furnish(run.attempt(1), None)
    write_json(run.attempt(1).started, {})
    with holding_locks(run):
        watcher = Watcher(lambda: [tmp_path])
        watcher.look()
        until("its folder is old enough to be believed", lambda: not looks_of(watcher, monkeypatch))
        in_place.write(run.attempt(1).stop_request, {"by": "Ann"})
        assert [view.phase for view in watcher.look(all_of_them=False).runs] == ["stopping"]
