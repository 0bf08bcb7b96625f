"""Looking into a module once the program has imported it, each in a Python of its own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

START = """
import sys
sys.path.insert(0, ".")
from tunesmith.stages.script.when_imported import Finder, when_imported
seen = []
def finders(): return sum(isinstance(finder, Finder) for finder in sys.meta_path)
"""


def run(folder: Path, body: str) -> None:
    (folder / "package").mkdir()
    (folder / "package" / "__init__.py").write_text("import package.inner\n")
    (folder / "package" / "inner.py").write_text("value = 1\n")
    (folder / "broken.py").write_text("raise RuntimeError('as written')\n")
    subprocess.run([sys.executable, "-c", START + body], cwd=folder, check=True, timeout=60)


def test_once_it_is_loaded_and_not_before(tmp_path: Path) -> None:
    run(
        tmp_path,
        """
when_imported("package.inner", lambda module: seen.append(module.value))
when_imported("package", lambda module: seen.append(module.__name__))
assert seen == [] and "package" not in sys.modules and finders() == 1
import package
assert seen == [1, "package"], seen
assert finders() == 0, "it steps aside"
import inspect, importlib
assert inspect.getsource(package.inner) == "value = 1\\n"
assert "exec_module" not in vars(package.inner.__loader__)
importlib.reload(package.inner)
assert seen == [1, "package"]
""",
    )


def test_at_once_when_it_is_loaded_already(tmp_path: Path) -> None:
    run(tmp_path, "when_imported('json', lambda module: seen.append(1)); import json\nassert seen == [1]")


def test_what_is_not_installed_fails_as_ever(tmp_path: Path) -> None:
    run(
        tmp_path,
        """
when_imported("nowhere", seen.append)
when_imported("broken", seen.append)
for name in ("nowhere", "broken", "nowhere"):
    try:
        __import__(name)
    except (ModuleNotFoundError if name == "nowhere" else RuntimeError):
        seen.append(name)
assert seen == ["nowhere", "broken", "nowhere"], seen
""",
    )


def test_a_look_that_fails_is_no_failed_import(tmp_path: Path) -> None:
    run(
        tmp_path,
        "when_imported('package', lambda module: 1 / 0)\nimport package\nassert package.inner.value == 1",
    )
