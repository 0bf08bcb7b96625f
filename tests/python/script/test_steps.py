"""What counts as a step, and that counting reads nothing back: real torch, in the training interpreter."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import trainer

REPOSITORY = Path(__file__).parents[3]
SCRIPTS = REPOSITORY / "tests" / "python" / "fixtures" / "scripts"


def told(folder: Path, program: str, *arguments: str) -> dict[str, Any]:
    """The JSON object that a program of the fixtures prints."""
    path = str(REPOSITORY / "daemon")
    done = subprocess.run(
        [str(trainer.PYTHON), str(SCRIPTS / program), *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": path, "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def test_what_counts_as_a_step(tmp_path: Path) -> None:
    assert told(tmp_path, "count_steps.py") == {
        "12 batches, 4 accumulated": 3,
        "3 rounds of 5 critic steps and 1 generator step": 15,
        "4 rounds of 7 optimizers": 4,
        "5 steps of one, then 5 of another": 9,
        "2 steps of LBFGS with closures": 2,
        "4 batches, 1 left out by the scaler": 3,
        "3 compiled steps": 3,
    }


def test_a_step_reads_back_no_more_than_it_does_alone(tmp_path: Path) -> None:
    seen = told(
        tmp_path, "count_read_backs.py", str(SCRIPTS / "plain_loop.py"), "--steps", "40", "--pause", "0.03"
    )
    assert seen["steps"] == 40
    assert seen["observed"] == seen["alone"]
    assert seen["alone"] >= 4, "the script itself reads its loss every tenth step"
