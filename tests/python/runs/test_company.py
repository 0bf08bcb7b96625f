"""When ranks that live on are not waited for: they are alone, and what they live for cannot come any more."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tunesmith.core.files import write_json
from tunesmith.core.layout import AttemptFolder, RunFolder
from tunesmith.supervise import process_table, watch
from tunesmith.supervise.machines import Others
from tunesmith.supervise.watch import Watched, _Company
from waiting import until


@pytest.fixture
def living() -> Iterator[int]:
    """A process that waits."""
    process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    yield process.pid
    process.kill()
    process.wait()


@pytest.fixture
def gone() -> int:
    process = subprocess.Popen(["true"])
    process.wait()
    return process.pid


@pytest.fixture
def company(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> _Company:
    for clock in ("PARTLY_DEAD", "LINGERING"):
        monkeypatch.setattr(watch, clock, 1000.0)
    monkeypatch.setattr(watch, "LEFT_ALONE", 0.2)
    monkeypatch.setattr(watch, "STRANDED", 0.2)
    monkeypatch.setattr(watch, "POLL", 0.01)
    run = RunFolder(tmp_path)
    for folder in run.attempt(1).folders:
        folder.mkdir(parents=True)
    return _Company(run, run.attempt(1), Watched(), Others(run.attempt(1), None))


def ranks(attempt: AttemptFolder, pids: list[int], done: int) -> None:
    for number, pid in enumerate(pids):
        write_json(attempt.rank_record(number), {"pid": pid})
    write_json(attempt.rank_end(done), {"time": 1.0, "outcome": "finished"})


@pytest.mark.skipif(not process_table.has_proc(), reason="only Linux tells what a process has used so far")
def test_a_rank_that_waits_for_one_that_is_done(
    company: _Company, tmp_path: Path, living: int, gone: int
) -> None:
    ranks(RunFolder(tmp_path).attempt(1), [living, gone], done=1)
    assert not company.useless()
    assert until("it is given up", company.useless)


def test_a_rank_that_says_something_is_waited_for(
    company: _Company, tmp_path: Path, living: int, gone: int
) -> None:
    attempt = RunFolder(tmp_path).attempt(1)
    ranks(attempt, [living, gone], done=1)
    log = attempt.rank_log(0)
    looks = 0

    def looked_often() -> bool:
        nonlocal looks
        looks += 1
        with open(log, "a") as out:
            out.write("saving\n")
        assert not company.useless()
        return looks > 20

    assert until("it was asked for longer than it may be silent", looked_often)


@pytest.mark.skipif(not process_table.has_proc(), reason="only Linux tells what a process has used so far")
@pytest.mark.parametrize("step", [0, 1])
def test_ranks_whose_launcher_is_gone(company: _Company, tmp_path: Path, living: int, step: int) -> None:
    """While they load it holds the place where they meet; later they need nobody."""
    run = RunFolder(tmp_path)
    for rank in (0, 1):
        write_json(run.attempt(1).rank_record(rank), {"pid": living})
    run.progress.write_text(json.dumps({"attempt": 1, "phase": "loading", "step": step}) + "\n")
    assert not company.useless()
    company._seen.code = -9
    looks = iter(range(100))
    ended = until("it was asked for long", lambda: company.useless() or (next(looks) > 20 and "never"))
    assert ended == ("never" if step else True)


def test_a_rank_is_missed_from_when_it_is_gone(
    tmp_path: Path, company: _Company, living: int, gone: int
) -> None:
    ranks(RunFolder(tmp_path).attempt(1), [living, gone], done=0)
    company.useless()
    company.look()
    assert list(company._seen.gone) == [1]
