"""A run in a folder that another machine shares: it is seen there, and judged by its own machine alone."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from launcher_run import Start, ended, rank_is_up
from small_run import kill_supervisor
from tunesmith.core import in_place, locks
from tunesmith.core.attempts import furnish
from tunesmith.core.files import read_json, write_json
from tunesmith.core.layout import RunFolder
from tunesmith.core.run import Cause, Ended, Lost, Running
from tunesmith.core.spec import Launch, RunSpec
from tunesmith.runs import control, store
from waiting import until

OTHER = "the-other-machine"
AFAR = (
    "unshare",
    "--uts",
    "--pid",
    "--fork",
    "--mount-proc",
    "sh",
    "-c",
    f'hostname {OTHER} && exec "$0" "$@"',
)
"""Another name and none of our processes, the same files: what a machine beside this one has."""
LOOKS = """
import sys
from pathlib import Path
from tunesmith.core.layout import RunFolder
from tunesmith.runs import control, store
run = RunFolder(Path(sys.argv[1]))
"""


def from_afar(run: RunFolder, program: str) -> str:
    command = [*AFAR, sys.executable, "-c", LOOKS + program, str(run.path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if "unshare" in done.stderr:
        pytest.skip(f"no other machine can be made here: {done.stderr.strip()}")
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.mark.skipif(sys.platform != "linux" or os.geteuid() != 0, reason="only root, on Linux")
def test_another_machine_ends_no_run_that_it_cannot_see(start: Start) -> None:
    """It saw no process of the run, took that for the end, and wrote that it was killed."""
    run = start("begin(); time.sleep(600)")
    rank_is_up(run)
    kill_supervisor(run)
    told = from_afar(
        run,
        "print(control.adopt(run))\n"
        "try: control.stop(run, force=True, by='Ann')\n"
        "except control.NotStarted as error: print(error)\n"
        "print(store.look(run).message)",
    )
    here = os.uname().nodename
    adopted, refused, message = told.splitlines()
    assert adopted == "False"
    assert f"is on {here}, and no supervisor lives there" in refused
    assert message == f"It trains on {here} without a supervisor. Open its folder there, and it gets one."
    assert not run.attempt(1).exit.exists()
    assert locks.holder(run.lock) is not None
    assert control.adopt(run), "on its own machine it gets one, which hears the request"
    end = ended(run)
    assert (end.cause, end.by) == (Cause.KILLED, "Ann")


@pytest.mark.skipif(sys.platform != "linux" or os.geteuid() != 0, reason="only root, on Linux")
def test_a_stop_from_another_machine_is_heard_by_the_ranks(start: Start) -> None:
    run = start(
        "from tunesmith.core import in_place\nbegin()\n"
        "while not in_place.is_written(attempt.stop_request): time.sleep(0.05)\nend('stopped')"
    )
    rank_is_up(run)
    from_afar(run, "control.stop(run, force=False, by='Ann')")
    end = ended(run)
    assert (end.cause, end.by) == (Cause.STOPPED, "Ann")


@pytest.fixture
def away(tmp_path: Path) -> RunFolder:
    """A run of another machine whose locks do not cross over."""
    run = RunFolder(tmp_path / ".tunesmith" / "runs" / "away")
    furnish(run.attempt(1), None)
    run.lock.touch()
    run.supervisor_lock.touch()
    launch = Launch(("true",), {}, str(tmp_path))
    spec = RunSpec(run.id, "tiny", "r", "train", {}, launch, "p", 1, 1.0, "0")
    run.spec.write_text(spec.to_json())
    write_json(run.environment, {"host": OTHER})
    return run


def test_signs_of_life_tell_how_a_run_of_another_machine_does(away: RunFolder) -> None:
    write_json(away.attempt(1).started, {"time": 1.0, "host": OTHER, "boot": "x"})
    write_json(away.attempt(1).resources, {"time": time.time(), "ranks": {}})
    state = store.state_of(away)
    assert isinstance(state, Running)
    assert state.supervised
    away.attempt(1).resources.unlink()
    assert isinstance(store.state_of(away), Lost)
    assert f"look at its processes on {OTHER}" in (store.look(away).message or "")
    assert not control.adopt(away)


def test_a_run_that_another_machine_is_to_launch_is_not_given_up_here(away: RunFolder) -> None:
    assert not control.adopt(away)
    view = store.look(away)
    assert (view.state, view.message) == (
        "queued",
        f"It waits to be launched on {OTHER}. Look there, or stop it.",
    )
    control.stop(away, force=False, by="Ann")
    state = store.state_of(away)
    assert isinstance(state, Ended)
    assert (state.exit.cause, state.exit.by) == (Cause.STOPPED, "Ann")
    assert in_place.is_written(away.attempt(1).stop_request)


def test_an_end_that_rank_0_told_is_written_by_anybody(away: RunFolder) -> None:
    attempt = away.attempt(1)
    write_json(attempt.started, {"time": 1.0, "host": OTHER, "boot": "x"})
    write_json(attempt.rank_record(0), {"pid": 1, "host": OTHER})
    write_json(attempt.rank_end(0), {"time": 1.0, "outcome": "finished"})
    assert control.adopt(away)
    assert until("its end", lambda: read_json(attempt.exit))["cause"] == "finished"
