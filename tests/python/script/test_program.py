"""The user's program runs as Python itself would run it: each one here is run both ways."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest
from tunesmith.core.files import read_json
from tunesmith.core.layout import AttemptFolder, RunFolder
from tunesmith.core.spec import Launch, RunSpec
from tunesmith.runtime.last_words import record_error, users_part
from tunesmith.stages.script.arguments import arguments

OURS = """
import sys
from pathlib import Path
from tunesmith.stages.script.program import run_module, run_script
kind, name, *arguments = sys.argv[1:]
run_script(Path(name), arguments) if kind == "script" else run_module(name, arguments)
"""
TELLS = """
import json, os, sys
import beside
print(json.dumps([sys.argv[1:], sys.path[0], __name__, __file__, beside.__file__,
    sys.modules["__main__"].__dict__ is globals(), __spec__ and __spec__.name,
    os.environ.get("PYTHONSAFEPATH")]))
"""
SPAWNS = """
import multiprocessing, pickle
class Point:
    x = 3
def square(number):
    return number * number + Point.x
if __name__ == "__main__":
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        print(pool.map(square, [1, 2]), type(pickle.loads(pickle.dumps(Point()))) is Point)
"""


def python(*arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    # As a rank is started: our own start must not import what lies in the folder.
    environment = {"PYTHONSAFEPATH": "1"} if arguments[0] == "-c" else {}
    return subprocess.run(
        [sys.executable, *arguments], cwd=folder, env=environment, capture_output=True, text=True, timeout=120
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "package").mkdir()
    for place in (tmp_path, tmp_path / "package"):
        (place / "beside.py").write_text("")
        (place / "tells.py").write_text(TELLS)
        (place / "spawns.py").write_text(SPAWNS)
    return tmp_path


@pytest.mark.parametrize("name", ["tells", "spawns"])
def test_a_script(folder: Path, name: str) -> None:
    script = str(folder / "package" / f"{name}.py")
    ours = python("-c", OURS, "script", script, "--a", "1", folder=folder)
    theirs = python(script, "--a", "1", folder=folder)
    assert (ours.returncode, ours.stdout, ours.stderr) == (0, theirs.stdout, "")
    assert ours.stdout


@pytest.mark.parametrize("name", ["tells", "package.tells", "package.spawns"])
def test_a_module(folder: Path, name: str) -> None:
    ours = python("-c", OURS, "module", name, "--a", "1", folder=folder)
    theirs = python("-m", name, "--a", "1", folder=folder)
    assert (ours.returncode, ours.stdout, ours.stderr) == (0, theirs.stdout, "")
    assert ours.stdout


@pytest.mark.parametrize(("end", "code"), [("0", 0), ("None", 0), ("3", 3), ("'why'", 1)])
def test_an_exit_is_an_exit(folder: Path, end: str, code: int) -> None:
    (folder / "ends.py").write_text(f"import sys; sys.exit({end})")
    ours = python("-c", OURS, "script", str(folder / "ends.py"), folder=folder)
    assert (ours.returncode, ours.stderr) == (code, "why\n" if end == "'why'" else "")


def caught(script: Path) -> BaseException:
    from tunesmith.stages.script.program import run_script

    path, argv = sys.path.copy(), sys.argv.copy()
    try:
        run_script(script, [])
    except BaseException as error:  # noqa: BLE001 - that is what is tested
        return error
    finally:
        sys.path[:], sys.argv[:] = path, argv
    raise AssertionError("it did not fail")


def test_a_traceback_begins_at_the_users_file(tmp_path: Path) -> None:
    script = tmp_path / "fails.py"
    script.write_text("import json\ndef load():\n    json.loads('{')\nload()\n")
    error = caught(script)
    assert error.__traceback__ is not None
    first = users_part(error.__traceback__.tb_next)  # The first frame is this test's.
    assert first is not None
    assert first.tb_frame.f_code.co_filename == str(script)
    assert first.tb_lineno == 4


def test_a_traceback_of_the_built_in_training_stays_whole() -> None:
    with pytest.raises(TypeError) as raised:
        arguments({"key": {}}, Path())
    assert raised.tb is not None
    assert users_part(raised.tb.tb_next) is raised.tb.tb_next


def test_an_exit_code_is_told_with_the_last_line_of_the_log(tmp_path: Path) -> None:
    attempt = AttemptFolder(tmp_path / "1")
    attempt.rank_log(0).parent.mkdir(parents=True)
    attempt.rank_error(0).parent.mkdir()
    attempt.rank_log(0).write_text("usage: train.py [-h]\ntrain.py: error: unrecognized arguments: --lr\n\n")
    assert record_error(attempt, 0, SystemExit(2)) == 2
    told = attempt.rank_error(0).read_text()
    assert '"type": "Exit code 2"' in told
    assert "unrecognized arguments: --lr" in told


FORKS = """
import os, sys
_, _, code, _, run = sys.argv
child = os.fork()
if not child:
    sys.exit(int(code))
assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == int(code)
for folder in ("ends", "errors"):
    assert not os.listdir(f"{run}/attempts/1/{folder}"), folder
"""


@pytest.mark.parametrize("code", [0, 3])
def test_a_child_that_the_program_forks_does_not_speak_for_its_rank(tmp_path: Path, code: int) -> None:
    run = RunFolder(tmp_path / "run")
    for folder in run.attempt(1).folders:
        folder.mkdir(parents=True)
    script = tmp_path / "forks.py"
    script.write_text(FORKS)
    config = {"script": str(script), "args": {"code": code, "run": "{run}"}}
    launch = Launch((), {}, str(tmp_path))
    spec = RunSpec(run.id, "forks", "r", "script", config, launch, sys.executable, 1, time.time(), "0")
    run.spec.write_text(spec.to_json())
    done = python("-m", "tunesmith.runtime", str(run.path), "1", folder=tmp_path)
    assert done.returncode == 0, run.attempt(1).rank_log(0).read_text()
    assert (read_json(run.attempt(1).rank_end(0)) or {})["outcome"] == "finished"
