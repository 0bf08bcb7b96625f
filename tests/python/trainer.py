"""The Python that tests train with: the samples' own, or the one that TUNESMITH_TRAINING_PYTHON names."""

from __future__ import annotations

import os
from pathlib import Path

from tunesmith.facts.interpreter import Interpreter, at

REPOSITORY = Path(__file__).parents[2]
ENVIRONMENT = Path(
    os.environ.get("TUNESMITH_TRAINING_PYTHON") or REPOSITORY / "samples" / ".venv" / "bin" / "python"
).parents[1]
PYTHON = ENVIRONMENT / "bin" / "python"


def training_interpreter() -> Interpreter:
    found = at(ENVIRONMENT)
    assert found is not None, f"{ENVIRONMENT} is missing: `npm run setup` makes it"
    return found


def package(name: str) -> Path:
    """The folder of a package that is installed for training."""
    return next((ENVIRONMENT / "lib").resolve().glob(f"python*/site-packages/{name}"))


def transformers_version() -> tuple[int, ...]:
    found = next(package("transformers").parent.glob("transformers-*.dist-info"))
    return tuple(map(int, found.name.removesuffix(".dist-info").partition("-")[2].split(".")[:2]))
