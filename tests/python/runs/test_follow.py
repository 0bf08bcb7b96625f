"""Following a run from the terminal: to its end, whoever is killed meanwhile, and what Ctrl-C does."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path

from process_scan import living
from small_run import kill_supervisor, make, start, when
from training import end
from tunesmith.cli.looks import last, looks
from tunesmith.core.files import read_json
from waiting import until

FOLLOW = """
import sys
from pathlib import Path
from tunesmith.cli.follow import follow_as_json
from tunesmith.core.layout import RunFolder
follow_as_json(RunFolder(Path(sys.argv[1])))
"""


def test_what_ended_without_a_supervisor_is_concluded(runs: Path) -> None:
    program = "steps(3)\nwhile not (run.path / 'go').exists(): time.sleep(0.05)\nend('finished')"
    run = start(make(runs, "alone", program), runs)
    when(run, "running", "training")
    kill_supervisor(run)
    (run.path / "go").touch()
    when(run, "lost")
    assert last(looks(run)).cause == "finished"


def test_what_nobody_knows_the_end_of_is_lost_and_not_looked_at_for_ever(runs: Path) -> None:
    run = start(make(runs, "lost", "steps()"), runs)
    when(run, "running", "training")
    end(run)
    assert [view.state for view in looks(run)] == ["lost"]


def test_a_second_ctrl_c_comes_through_while_the_first_is_answered(runs: Path) -> None:
    run = start(make(runs, "deaf", "time.sleep(600)"), runs)
    when(run, "running")
    with subprocess.Popen(
        [sys.executable, "-c", FOLLOW, run.path], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as follower:
        assert follower.stdout is not None
        assert json.loads(follower.stdout.readline())["state"] == "running"
        follower.send_signal(signal.SIGINT)
        until("the first is written", run.attempt(1).stop_request.exists)
        follower.send_signal(signal.SIGINT)
        told, complaints = follower.communicate()
    assert (follower.returncode, complaints) == (0, "")
    assert json.loads(told.splitlines()[-1])["cause"] == "killed"
    assert (read_json(run.attempt(1).exit) or {})["by"] == "Ctrl-C in the terminal"
    assert living(run) == set()
