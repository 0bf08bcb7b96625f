"""What a parked start may import ahead: never more than a cold start has imported when it comes there, and
nothing of the user's."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from pathlib import Path

from tunesmith.core.python_source import parse_module
from tunesmith.facts.json_file import read_object
from tunesmith.facts.located import located
from tunesmith.stages.recipe import Recipe
from tunesmith.stages.table import stage
from tunesmith.stages.train.config import ModelConfig

TRAINING = (
    "from transformers import Trainer, TrainingArguments",
    "import torch._dynamo",
    "import torch.utils.tensorboard",
)
"""What Trainer and an optimizer load when they are made."""
ADAPTER = "import peft"
LARGEST = 1 << 20
"""Bytes of a model's config.json."""


def imports_of(recipe: Recipe, folder: Path, site_packages: Sequence[Path]) -> tuple[str, ...]:
    """Import statements. `site_packages` are those of the training interpreter."""
    if recipe.script is not None:
        script = located(folder, recipe.script)
        return (_main("script"), *leading_imports(script, script.parent))
    if recipe.module is not None:
        # A package's own code runs before the module's first line.
        found = folder / f"{recipe.module}.py"
        return (_main("script"), *(leading_imports(found, folder) if "." not in recipe.module else ()))
    adapter = (ADAPTER,) if recipe.peft else ()
    return (_main("train"), *TRAINING, *adapter, *_model(recipe.model, folder, site_packages))


def _model(model: ModelConfig | None, folder: Path, site_packages: Sequence[Path]) -> Iterator[str]:
    """The library's module of the model, where it is in the usual place."""
    if model is None:
        return
    place = None if model.name_or_path is None else located(folder, model.name_or_path) / "config.json"
    told = model.config if place is None else read_object(place, LARGEST)
    name = str(told.get("model_type", "")).replace("-", "_")
    module = Path("transformers", "models", name, f"modeling_{name}.py")
    if name.isidentifier() and any((place / module).is_file() for place in site_packages):
        yield f"import transformers.models.{name}.modeling_{name}"


def leading_imports(script: Path, folder: Path) -> tuple[str, ...]:
    """The imports of libraries at the top of a script, up to its first line that does anything else: what it
    sets before an import must stay in time. A name that stands in `folder` too is the user's."""
    try:
        body = parse_module(script.read_bytes()).body
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
