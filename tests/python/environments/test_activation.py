"""The variables that a run gets with its interpreter."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from environment_folders import make_conda, make_conda_root, make_venv, write
from tunesmith.facts import interpreter
from tunesmith.facts.conda import UNSET, CondaEnvironment, read_conda
from tunesmith.facts.interpreter import Interpreter
from tunesmith.runs.activation import activate, of_conda, of_venv
from tunesmith.runs.activation_scripts import NotActivated, run_scripts
from tunesmith.supervise.processes import alive
from waiting import until

PATH = "/usr/local/bin:/usr/bin:/bin"


def at(place: Path) -> Interpreter:
    found = interpreter.at(place, {})
    assert found is not None
    return found


def conda(prefix: str = "/opt/conda/envs/train", **variables: str) -> CondaEnvironment:
    return CondaEnvironment(Path(prefix), Path(prefix).name, None, variables, ())


def script_of(prefix: Path, name: str) -> Path:
    return prefix / "etc" / "conda" / "activate.d" / name


def test_a_virtual_environment() -> None:
    found = of_venv(Path("/w/.venv"), {"PATH": f"/w/.venv/bin:{PATH}", "PYTHONHOME": "/usr", "LANG": "C"})
    assert found == {"VIRTUAL_ENV": "/w/.venv", "PATH": f"/w/.venv/bin:{PATH}", "LANG": "C"}


def test_conda_from_nothing() -> None:
    assert of_conda(conda(OMP_NUM_THREADS="3"), {"PATH": PATH, "OMP_NUM_THREADS": "1"}) == {
        "PATH": f"/opt/conda/envs/train/bin:{PATH}",
        "CONDA_PREFIX": "/opt/conda/envs/train",
        "CONDA_DEFAULT_ENV": "train",
        "CONDA_PROMPT_MODIFIER": "(train) ",
        "CONDA_SHLVL": "1",
        "OMP_NUM_THREADS": "3",
    }


def test_conda_from_its_base() -> None:
    path = f"/opt/conda/bin:/opt/conda/condabin:{PATH}"
    found = of_conda(conda(), {"PATH": path, "CONDA_PREFIX": "/opt/conda", "CONDA_SHLVL": "1"})
    assert found["PATH"] == f"/opt/conda/envs/train/bin:/opt/conda/condabin:{PATH}"
    assert (found["CONDA_SHLVL"], found["CONDA_PREFIX_1"]) == ("2", "/opt/conda")


def test_conda_where_it_is_active_already() -> None:
    once = of_conda(conda(), {"PATH": PATH})
    assert of_conda(conda(), once) == once


def test_what_conda_keeps_of_an_environment(tmp_path: Path) -> None:
    make_conda_root(tmp_path)
    prefix = tmp_path / "envs" / "train"
    variables = {"A": "state", "B": UNSET, "BAD=NAME": "1"}
    make_conda(prefix, variables=variables, scripts={"b.sh": "", "a.sh": "", "c.fish": ""})
    write(prefix / "etc" / "conda" / "env_vars.d" / "pkg.json", '{"A": "package", "C": "package", "D": 1}')
    found = read_conda(prefix)
    assert (found.name, found.root) == ("train", tmp_path)
    assert found.variables == {"A": "state", "C": "package"}
    assert [script.name for script in found.scripts] == ["a.sh", "b.sh"]


@pytest.mark.parametrize("state", ["{", "[]", '{"env_vars": 1}'])
def test_a_damaged_state_file_is_left_out(state: str, tmp_path: Path) -> None:
    write(tmp_path / "conda-meta" / "state", state)
    assert read_conda(tmp_path).variables == {}


def test_scripts_see_the_environment_and_what_they_export_counts(tmp_path: Path) -> None:
    make_conda(
        tmp_path / "env",
        variables={"GREETING": "line one\nline two"},
        scripts={
            "10-first.sh": 'echo noise; export LIBRARIES="$CONDA_PREFIX/lib"; not_exported=1\n',
            "20-second.sh": '[ -n "$LIBRARIES" ] && export LIBRARIES="$LIBRARIES:more" && unset UNWANTED\n',
        },
    )
    inherited = {"PATH": os.environ["PATH"], "UNWANTED": "1", "SHLVL": "7", "OLDPWD": "/w"}
    done = activate(at(tmp_path / "env"), inherited, tmp_path)
    assert done.problem is None
    assert done.environment["LIBRARIES"] == f"{tmp_path}/env/lib:more"
    assert done.environment["GREETING"] == "line one\nline two"
    assert done.environment["PATH"].startswith(f"{tmp_path}/env/bin:")
    assert "UNWANTED" not in done.environment
    assert (done.environment["SHLVL"], done.environment["OLDPWD"]) == ("7", "/w")
    assert not {"not_exported", "PWD", "_"} & set(done.environment)


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("echo no licence >&2; exit 3\n", r"ended early \(code 3\): no licence\."),
        ("exit 0\n", r"ended early \(code 0\): they said nothing\."),
    ],
)
def test_scripts_that_fail_leave_the_static_part(script: str, said: str, tmp_path: Path) -> None:
    make_conda(tmp_path / "env", variables={"KEPT": "1"}, scripts={"bad.sh": script})
    done = activate(at(tmp_path / "env"), {"PATH": os.environ["PATH"]}, tmp_path)
    assert done.problem
    with pytest.raises(NotActivated, match=said):
        run_scripts([script_of(tmp_path / "env", "bad.sh")], done.environment, tmp_path)
    assert "The run goes on without" in done.problem
    assert (done.environment["KEPT"], done.environment["CONDA_DEFAULT_ENV"]) == ("1", str(tmp_path / "env"))


def test_scripts_that_hang_are_ended_with_all_they_started(tmp_path: Path) -> None:
    script = write(tmp_path / "hang.sh", f"sleep 600 & echo $! > {tmp_path}/child; wait\n")
    with pytest.raises(NotActivated, match="did not end within 1 s"):
        run_scripts([script], {"PATH": os.environ["PATH"]}, tmp_path, limit=1)
    child = int((tmp_path / "child").read_text())
    until("the end of what the script started", lambda: not alive(child))


def test_what_a_script_leaves_in_the_background_holds_nothing_up(tmp_path: Path) -> None:
    script = write(tmp_path / "agent.sh", f"sleep 30 & echo $! > {tmp_path}/child; export AGENT=1\n")
    try:
        found = run_scripts([script], {"PATH": os.environ["PATH"]}, tmp_path, limit=20)
        assert found["AGENT"] == "1"
    finally:
        os.kill(int((tmp_path / "child").read_text()), 9)


def test_a_script_that_breaks_the_search_path_is_believed(tmp_path: Path) -> None:
    make_conda(tmp_path / "env", scripts={"odd.sh": "export PATH=/nowhere\n"})
    done = activate(at(tmp_path / "env"), {"PATH": os.environ["PATH"]}, tmp_path)
    assert (done.problem, done.environment["PATH"]) == (None, "/nowhere")


def test_a_path_is_an_argument_and_never_shell(tmp_path: Path) -> None:
    odd = tmp_path / "a $(touch broken) 'b"
    make_conda(odd, scripts={"it's.sh": "export FINE=1\n"})
    assert activate(at(odd), {"PATH": os.environ["PATH"]}, tmp_path).environment["FINE"] == "1"
    assert not (tmp_path / "broken").exists()


def test_venvs_and_plain_pythons_run_no_script(tmp_path: Path) -> None:
    make_venv(tmp_path / ".venv")
    write(script_of(tmp_path / ".venv", "x.sh"), "export RAN=1\n")
    found = activate(at(tmp_path / ".venv"), {"PATH": PATH}, tmp_path).environment
    assert found == {"PATH": f"{tmp_path}/.venv/bin:{PATH}", "VIRTUAL_ENV": f"{tmp_path}/.venv"}
    plain = Interpreter(Path("/usr/bin/python3"), Path("/usr"), (), "3.11", "system")
    assert activate(plain, {"PATH": PATH}, tmp_path).environment == {"PATH": PATH}
