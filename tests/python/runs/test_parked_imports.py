"""What is imported ahead for a script: never anything that its own lines come before."""

from __future__ import annotations

from pathlib import Path

import pytest
from tunesmith.runs.parked.imports import leading_imports


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("import torch, json\nfrom datasets import a as b, c\n", ["torch", "json", "datasets a c"]),
        ('"""Doc."""\nfrom __future__ import annotations\nimport torch\n', ["torch"]),
        ("import os\nos.environ['A'] = '1'\nimport torch\n", ["os"]),
        ("import json\nimport mine\nimport torch\n", ["json"]),
        ("from package.part import x\nimport torch\n", []),
        ("from . import x\nimport torch\n", []),
        ("import json\nif True:\n    import torch\n", ["json"]),
        ("import json\ndef", []),
        ("", []),
    ],
)
def test_up_to_the_first_line_that_does_anything_else(
    tmp_path: Path, source: str, expected: list[str]
) -> None:
    (tmp_path / "mine.py").touch()
    (tmp_path / "package").mkdir()
    script = tmp_path / "script.py"
    script.write_text(source)
    assert list(leading_imports(script, tmp_path)) == [statement(each) for each in expected]


def test_a_script_that_is_not_there_imports_nothing(tmp_path: Path) -> None:
    assert leading_imports(tmp_path / "script.py", tmp_path) == ()


def statement(told: str) -> str:
    module, *names = told.split()
    return f"from {module} import {', '.join(names)}" if names else f"import {module}"
