"""What a parked start may import ahead: never more than a cold start has imported when it comes there, and
nothing of the user's."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from tunesmith.stages.recipe import Recipe
from tunesmith.stages.table import stage

TRAINING = (
    "from transformers import Trainer, TrainingArguments",
    "import accelerate",
    "import tensorboard.compat.proto.event_pb2",
)
ADAPTER = "import peft"


def imports_of(recipe: Recipe, folder: Path) -> tuple[str, ...]:
    """Import statements, in the order of a cold start."""
    if recipe.script is not None:
        script = folder / recipe.script
        return (_main("script"), *leading_imports(script, script.parent))
    if recipe.module is not None:
        # A package's own code runs before the module's first line.
        found = folder / f"{recipe.module}.py"
        return (_main("script"), *(leading_imports(found, folder) if "." not in recipe.module else ()))
    return (_main("train"), *TRAINING, *((ADAPTER,) if recipe.peft else ()))


def leading_imports(script: Path, folder: Path) -> tuple[str, ...]:
    """The imports of libraries at the top of a script, up to its first line that does anything else: what it
    sets before an import must stay in time. A name that stands in `folder` too is the user's."""
    try:
        body = ast.parse(script.read_bytes()).body
    except (OSError, SyntaxError, ValueError, RecursionError):
        return ()
    return tuple(_leading(body, folder))


def _leading(body: list[ast.stmt], folder: Path) -> Iterator[str]:
    for number, statement in enumerate(body):
        if number == 0 and isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
            continue  # The docstring.
        if isinstance(statement, ast.ImportFrom) and statement.module == "__future__":
            continue
        for name in _imported(statement):
            if not name or _is_own(name.split(".")[0], folder):
                return
        if not isinstance(statement, (ast.Import, ast.ImportFrom)):
            return
        yield from _single(statement)


def _imported(statement: ast.stmt) -> list[str]:
    """The modules; an empty name for what is relative."""
    if isinstance(statement, ast.ImportFrom):
        return ["" if statement.level or statement.module is None else statement.module]
    return [alias.name for alias in statement.names] if isinstance(statement, ast.Import) else []


def _single(statement: ast.Import | ast.ImportFrom) -> Iterator[str]:
    if isinstance(statement, ast.Import):
        yield from (f"import {alias.name}" for alias in statement.names)
    else:
        names = ", ".join(alias.name for alias in statement.names)
        yield f"from {statement.module} import {names}"


def _is_own(name: str, folder: Path) -> bool:
    return (folder / f"{name}.py").exists() or (folder / name).exists()


def _main(name: str) -> str:
    module, _, function = stage(name).main.partition(":")
    return f"from {module} import {function}"
