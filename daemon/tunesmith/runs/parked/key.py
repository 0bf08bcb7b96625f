"""All that the launch of a recipe is computed from, whichever run it is for."""

from __future__ import annotations

import hashlib
import json
import os
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from tunesmith.core.layout import RunFolder
from tunesmith.core.spec import Launch
from tunesmith.facts.interpreter import Interpreter
from tunesmith.runs import launch
from tunesmith.runs.activation import Activated, activate
from tunesmith.runs.machine import this_machine
from tunesmith.runs.parked.imports import imports_of
from tunesmith.runs.runtime_copy import runtime_copy
from tunesmith.stages import run_policy
from tunesmith.stages.machines import machines
from tunesmith.stages.recipe import Recipe

ANY_RUN = RunFolder(Path("/any"))
INSTALLED = ("*.dist-info", "*.egg-info", "*.egg-link", "*.pth")


class NotParkable(Exception):
    """Such a launch cannot be done ahead; the message says why."""


@dataclass(frozen=True)
class Ahead:
    """A launch for a run that is not there yet. Two with the same `key` are the same launch.

    `inherited` is never written down: people keep secrets in the variables of an environment.
    """

    recipe: Path
    accelerate: Mapping[str, Any]
    interpreter: Interpreter
    runtime: Path
    inherited: Mapping[str, str]
    imports: tuple[str, ...]

    @cached_property
    def key(self) -> str:
        told = self.launch(ANY_RUN)
        parts = {
            "recipe": str(self.recipe),
            "argv": told.argv,
            "env": {**self.inherited, **told.env},
            "cwd": told.cwd,
            "accelerate": launch.accelerate_config(self.accelerate),
            "imports": self.imports,
            "packages": sorted(_installed(self.interpreter)),
        }
        return hashlib.sha256(json.dumps(parts, sort_keys=True, default=str).encode()).hexdigest()

    def launch(self, run: RunFolder) -> Launch:
        return launch.launcher(
            run,
            self.interpreter.path,
            self.accelerate,
            self.recipe.parent,
            self.runtime,
            this_machine(),
            self.inherited,
        )


def ahead(
    path: Path,
    recipe: Recipe,
    interpreter: Interpreter,
    activated: Activated | None = None,
    runtime: Path | None = None,
) -> Ahead:
    """The launch of a recipe that was accepted, as it would be now. Raises NotParkable.

    `activated` and `runtime` are given where they are known already: both take a while.
    """
    why = unparkable(recipe)
    if why is not None:
        raise NotParkable(why)
    activated = activated or activate(interpreter, os.environ, path.parent)
    if activated.problem:
        raise NotParkable(activated.problem)
    imports = imports_of(recipe, path.parent, interpreter.site_packages)
    runtime = runtime or runtime_copy()
    return Ahead(path, recipe.accelerate, interpreter, runtime, activated.environment, imports)


def unparkable(recipe: Recipe) -> str | None:
    if sys.platform != "linux":
        return "The next start is kept ready on Linux only."
    if recipe.run is not None and recipe.run.engine is not run_policy.Engine.LOCAL:
        return "A cluster starts its jobs itself."
    if machines(recipe.accelerate) > 1:
        return "Several machines start together."
    return None


def _installed(interpreter: Interpreter) -> Iterator[tuple[str, int]]:
    """What is installed, and when: the same version may be installed again."""
    for folder in interpreter.site_packages:
        for pattern in INSTALLED:
            for place in folder.glob(pattern):
                yield place.name, place.stat().st_mtime_ns
    yield str(interpreter.path), interpreter.path.stat().st_mtime_ns
