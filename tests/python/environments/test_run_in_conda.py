"""A run whose training interpreter lies in a conda environment: what its processes are started with."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from environment_folders import make_conda, write
from trainer import training_interpreter
from training import write_recipe
from tunesmith.core.layout import AttemptFolder
from tunesmith.facts import interpreter
from tunesmith.runs import control
from waiting import until

PACKAGES = {"torch": "2.6.0", "accelerate": "1.2.0", "transformers": "4.50.1", "datasets": "3.1.0"}
SECRET = "hunter2-of-the-environment"

# Runs the supervisor for real; in the place of `accelerate launch` it notes what it was started with.
PYTHON = """\
#!/bin/sh
for word in "$@"; do
  [ "$word" = accelerate.commands.launch ] && exec env -0 > "{noted}"
done
exec "{python}" "$@"
"""

Launched = Callable[..., tuple[dict[str, str], AttemptFolder]]


@pytest.fixture
def launched(tmp_path: Path) -> Launched:
    """The environment of the launcher of a run in a conda environment with these scripts."""

    def launch(scripts: dict[str, str]) -> tuple[dict[str, str], AttemptFolder]:
        noted = tmp_path / "noted"
        variables = {"WANDB_API_KEY": SECRET, "OMP_NUM_THREADS": "3"}
        python = make_conda(tmp_path / "env", packages=PACKAGES, variables=variables, scripts=scripts)
        python.unlink()
        write(python, PYTHON.format(noted=noted, python=training_interpreter().path)).chmod(0o755)
        found = interpreter.find(tmp_path)
        assert found is not None
        run = control.start(write_recipe(workspace(tmp_path)), found)
        until("it has ended", run.attempt(1).exit.exists)
        entries = (os.fsdecode(entry).partition("=") for entry in noted.read_bytes().split(b"\0"))
        return {name: value for name, _, value in entries}, run.attempt(1)

    return launch


def workspace(folder: Path) -> Path:
    write(folder / "reviews.csv", "review,sentiment\n" + "good,positive\nbad,negative\n" * 8)
    for name in ("config.json", "tokenizer.json"):
        write(folder / "model" / name, json.dumps({"model_type": "bert"}))
    write(folder / "model" / "model.safetensors", "")
    return folder


def test_it_gets_what_activating_would_set(launched: Launched, tmp_path: Path) -> None:
    environment, attempt = launched({"cuda.sh": 'export XLA_FLAGS="--cuda=$CONDA_PREFIX"\n'})
    assert environment["PATH"].split(":")[0] == str(tmp_path / "env" / "bin")
    assert environment["CONDA_PREFIX"] == str(tmp_path / "env")
    assert environment["XLA_FLAGS"] == f"--cuda={tmp_path}/env"
    assert environment["WANDB_API_KEY"] == SECRET
    assert environment["TUNESMITH_RUN"]
    assert not attempt.launcher_log.read_text()
    assert "--num_cpu_threads_per_process" not in attempt.started.read_text(), "the variable says how many"


def test_no_variable_of_the_environment_is_written_down(launched: Launched, tmp_path: Path) -> None:
    launched({})
    written = [path for path in (tmp_path / ".tunesmith").rglob("*") if path.is_file()]
    assert len(written) > 5
    assert not [path for path in written if SECRET.encode() in path.read_bytes()]


def test_a_script_that_fails_is_told_in_the_launchers_log(launched: Launched, tmp_path: Path) -> None:
    environment, attempt = launched({"bad.sh": "echo no licence >&2; exit 3\n"})
    assert environment["CONDA_PREFIX"] == str(tmp_path / "env")
    assert "ended early (code 3): no licence." in attempt.launcher_log.read_text()
