"""What the folders of environments tell, and what the interpreters in them lack."""

from __future__ import annotations

from pathlib import Path

import pytest
from environment_folders import make_conda, make_conda_root, make_venv, write
from tunesmith.facts import interpreter
from tunesmith.facts.fitness import absent_from, unequipped, unfit, unusable
from tunesmith.facts.interpreter import Interpreter
from tunesmith.facts.packages import versions
from tunesmith.facts.prefix import name_of

RECENT = {"torch": "2.6.0", "accelerate": "1.2.0", "transformers": "4.50.1", "datasets": "3.1.0"}


def at(place: Path, **environment: str) -> Interpreter:
    found = interpreter.at(place, environment)
    assert found is not None
    return found


def test_kinds_names_and_versions(tmp_path: Path) -> None:
    make_venv(tmp_path / "w" / ".venv", "3.12.4")
    make_conda_root(tmp_path / "miniforge3")
    make_conda(tmp_path / "miniforge3" / "envs" / "train", "3.11.9")
    make_conda(tmp_path / "w" / "env", "3.10.14")
    folders = ("w/.venv", "miniforge3", "miniforge3/envs/train", "w/env")
    found = [at(tmp_path / folder) for folder in folders]
    assert [(one.kind, one.version) for one in found] == [
        ("venv", "3.12.4"),
        ("conda", "3.11.9"),
        ("conda", "3.11.9"),
        ("conda", "3.10.14"),
    ]
    assert [name_of(one.prefix) for one in found] == [".venv", "base", "train", str(tmp_path / "w" / "env")]


def test_a_conda_environment_in_the_folder_is_found(tmp_path: Path) -> None:
    python = make_conda(tmp_path / "env")
    (tmp_path / "deep").mkdir()
    found = interpreter.find(tmp_path / "deep", environment={})
    assert found is not None
    assert (found.path, found.kind) == (python, "conda")


def test_the_version_of_a_python_outside_environments_is_in_its_name(tmp_path: Path) -> None:
    write(tmp_path / "bin" / "python3.11", "").chmod(0o755)
    (tmp_path / "bin" / "python3").symlink_to("python3.11")
    found = at(tmp_path / "bin" / "python3")
    assert (found.kind, found.version) == ("system", "3.11")


def test_packages_are_looked_for_where_that_python_would(tmp_path: Path) -> None:
    make_conda(tmp_path / "env", "3.11.9")
    home, more, linked = tmp_path / "home", tmp_path / "more", tmp_path / "linked"
    user = home / ".local" / "lib" / "python3.11" / "site-packages"
    for folder in (user, more, linked):
        folder.mkdir(parents=True)
    own = tmp_path / "env" / "lib" / "python3.11" / "site-packages"
    write(own / "mine.pth", f"# mine\nimport sys\n{linked}\n/nowhere\n")
    found = at(tmp_path / "env", HOME=str(home), PYTHONPATH=f"{more}:/nowhere")
    assert found.site_packages == (more, own, user, linked)
    assert at(tmp_path / "env", HOME=str(home), PYTHONNOUSERSITE="1").site_packages == (own, linked)


def test_a_virtual_environment_sees_the_packages_below_it_only_when_told_to(tmp_path: Path) -> None:
    make_conda(tmp_path / "base", packages={"torch": "2.6.0"})
    make_venv(tmp_path / ".venv", packages={"accelerate": "1.0.0"})
    assert versions(at(tmp_path / ".venv").site_packages) == {"accelerate": "1.0.0"}
    config = f"home = {tmp_path / 'base' / 'bin'}\ninclude-system-site-packages = true\nversion = 3.12.4\n"
    write(tmp_path / ".venv" / "pyvenv.cfg", config)
    assert versions(at(tmp_path / ".venv").site_packages)["torch"] == "2.6.0"


def test_torch_of_condas_own_packages_counts(tmp_path: Path) -> None:
    (tmp_path / "torch-2.4.0-py3.11.egg-info").mkdir()
    assert versions([tmp_path]) == {"torch": "2.4.0"}


@pytest.mark.parametrize(
    ("version", "packages", "needs", "said"),
    [
        ("3.11.2", RECENT, ("all", "built-in"), None),
        ("3.9.18", RECENT, ("all",), "Python 3.9.18; training needs 3.10 or newer"),
        ("3.11.2", {}, ("all",), "has no torch and no accelerate. Install them there"),
        (
            "3.11.2",
            {**RECENT, "torch": "2.3.1+cpu"},
            ("all",),
            "2.3.1+cpu; training needs 2.4 or newer",
        ),
        ("3.11.2", {**RECENT, "transformers": "4.45.2"}, ("all", "built-in"), "transformers 4.45.2"),
        ("3.11.2", {**RECENT, "transformers": "4.45.2"}, ("all",), None),
        ("3.11.2", RECENT, ("all", "built-in", "peft"), "has no peft."),
    ],
)
def test_what_an_interpreter_lacks(
    version: str, packages: dict[str, str], needs: tuple, said: str | None, tmp_path: Path
) -> None:
    make_venv(tmp_path, version, packages)
    python = at(tmp_path)
    installed = versions(python.site_packages)
    missing = absent_from(python.site_packages, installed)
    trouble = unfit(python) or unequipped(python, installed, missing, needs)
    assert (trouble is None) == (said is None)
    assert (said or "") in (trouble or "")


def test_a_package_that_can_be_imported_without_being_installed_is_not_missing(tmp_path: Path) -> None:
    write(tmp_path / "torch" / "__init__.py", "")
    assert "torch" not in absent_from([tmp_path], {})
    assert absent_from((), {}) == frozenset(), "nothing was looked at"


def test_each_way_of_not_being_a_python_is_said(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    write(tmp_path / "text", "")
    (tmp_path / "link").symlink_to(tmp_path / "gone")
    for name in ("empty", "text", "link", "nothing"):
        assert interpreter.find(tmp_path, str(tmp_path / name)) is None
    assert "a folder without a Python in it" in unusable(str(tmp_path / "empty"))
    assert "is not a program that can be started" in unusable(str(tmp_path / "text"))
    assert f"a link to {tmp_path / 'gone'}, which is gone" in unusable(str(tmp_path / "link"))
    assert "There is no Python at" in unusable(str(tmp_path / "nothing"))
    assert unusable(None).startswith("No training interpreter was found")


def test_names_that_no_disk_can_hold_are_passed_over(tmp_path: Path) -> None:
    make_venv(tmp_path / ".venv", "3.12.4")
    (at(tmp_path / ".venv").site_packages[0] / "long.pth").write_text("a" * 5000)
    assert at(tmp_path / ".venv").version == "3.12.4"
    assert interpreter.at(tmp_path / ("a" * 5000), {}) is None
