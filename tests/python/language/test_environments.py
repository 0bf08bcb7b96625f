"""What is read of interpreters and packages, without running or importing anything."""

from __future__ import annotations

from pathlib import Path

import pytest
from tunesmith.facts import interpreter
from tunesmith.facts.packages import at_least, versions


def make_environment(prefix: Path, version: str = "3.12.4") -> Path:
    (prefix / "bin").mkdir(parents=True)
    python = prefix / "bin" / "python"
    python.touch(mode=0o755)
    (prefix / "pyvenv.cfg").write_text(f"home = /usr/bin\nversion = {version}\n")
    (prefix / "lib" / "python3.12" / "site-packages").mkdir(parents=True)
    return python


def test_an_environment_above_the_folder_is_found(tmp_path: Path) -> None:
    python = make_environment(tmp_path / ".venv")
    deep = tmp_path / "a" / "b"
    deep.mkdir(parents=True)
    found = interpreter.find(deep, environment={})
    assert found is not None
    assert (found.path, found.version) == (python, "3.12.4")
    assert found.site_packages == (tmp_path / ".venv" / "lib" / "python3.12" / "site-packages",)


def test_the_nearest_environment_wins_over_the_one_that_is_active(tmp_path: Path) -> None:
    near = make_environment(tmp_path / "work" / "venv")
    active = make_environment(tmp_path / "active")
    environment = {"VIRTUAL_ENV": str(tmp_path / "active")}
    found = interpreter.find(tmp_path / "work", environment=environment)
    assert found is not None
    assert found.path == near
    found = interpreter.find(tmp_path, environment=environment)
    assert found is not None
    assert found.path == active


def test_a_chosen_path_is_taken_as_written_and_never_replaced_by_another(tmp_path: Path) -> None:
    make_environment(tmp_path / ".venv")
    chosen = make_environment(tmp_path / "other")
    found = interpreter.find(tmp_path, str(chosen))
    assert found is not None
    assert found.prefix == tmp_path / "other"
    assert interpreter.find(tmp_path, str(tmp_path / "other")) == found
    assert interpreter.find(tmp_path, str(tmp_path / "nowhere")) is None


def test_a_linked_python_keeps_its_own_environment(tmp_path: Path) -> None:
    base = make_environment(tmp_path / "base")
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    (tmp_path / ".venv" / "bin" / "python").symlink_to(base)
    (tmp_path / ".venv" / "pyvenv.cfg").write_text("version_info = 3.11.9.final.0\n")
    (tmp_path / ".venv" / "lib" / "python3.11" / "site-packages").mkdir(parents=True)
    found = interpreter.find(tmp_path, environment={})
    assert found is not None
    assert found.version == "3.11.9"
    assert found.site_packages[0].is_relative_to(tmp_path / ".venv")


def test_versions_come_from_dist_info(tmp_path: Path) -> None:
    for name in (
        "Torch_Thing-2.4.0+cpu.dist-info",
        "a.b-1!2.0.dist-info",
        "rubbish.dist-info",
        "x-1.egg-info",
    ):
        (tmp_path / name).mkdir()
    assert versions([tmp_path]) == {"torch-thing": "2.4.0+cpu", "a-b": "1!2.0"}


@pytest.mark.parametrize(
    ("version", "wanted", "enough"),
    [
        ("4.46.0", (4, 46), True),
        ("4.45.9", (4, 46), False),
        ("5.0.0rc1", (4, 46), True),
        ("2.4.0+cpu", (2, 4), True),
    ],
)
def test_versions_compare_as_numbers(version: str, wanted: tuple[int, ...], enough: bool) -> None:
    assert at_least(version, *wanted) is enough
