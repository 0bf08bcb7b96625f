"""Making a run folder: built under a temporary name and renamed in, so that a visible one is complete."""

from __future__ import annotations

import dataclasses
import enum
import os
import secrets
import shutil
import time
from collections.abc import Callable, Mapping
from importlib import metadata
from pathlib import Path
from typing import Any

from tunesmith.core import locks
from tunesmith.core.attempts import furnish, write_plan
from tunesmith.core.files import write_json
from tunesmith.core.layout import HOME, RunFolder, runs_home
from tunesmith.core.meeting import to_policy
from tunesmith.core.plan import Plan
from tunesmith.core.section import marker
from tunesmith.core.spec import RunSpec
from tunesmith.facts.interpreter import Interpreter
from tunesmith.facts.located import located
from tunesmith.runs import environment, launch
from tunesmith.runs.engines.slurm.place import placed
from tunesmith.runs.machine import Machine
from tunesmith.runs.meetings import meeting
from tunesmith.runs.record import record_origin
from tunesmith.stages import run_policy
from tunesmith.stages.recipe import SUFFIX, Recipe, stage_of


def create(
    path: Path,
    text: str,
    recipe: Recipe,
    interpreter: Interpreter,
    runtime: Path,
    machine: Machine,
    inherited: Mapping[str, str] = os.environ,
    debug: bool = False,
    parent: str | None = None,
    plan: Plan | None = None,
    policy: Mapping[str, Any] | None = None,
    take: Callable[[Path], bool] = lambda _: False,
) -> RunFolder:
    """A complete run folder beside the recipe at `path`, whose text is `text`, not started yet.

    `inherited` are the variables that its processes will start from. With `debug` they wait for a debugger.
    A run that goes on from a checkpoint of another one has that one's id as `parent`, and a `plan`. `policy`
    goes before what the recipe says of when it starts. `take` may put the folder of a parked start there: it
    goes on as this run when its folder is complete.
    """
    recipe, machine = placed(recipe, machine)
    folder = path.parent
    home = runs_home(folder)
    home.mkdir(parents=True, exist_ok=True)
    ignore_in_git(folder / HOME)
    run = RunFolder(home / new_id(time.time()))
    building = RunFolder(home / f".new-{run.id}")
    try:
        if not take(building.path):
            blank(building)
        write_plan(building.attempt(1), plan)
        building.recipe.write_text(text, encoding="utf-8")
        write_json(building.accelerate, launch.accelerate_config(recipe.accelerate))
        write_json(building.environment, environment.describe(interpreter, machine, inherited))
        record_origin(building, stage_of(recipe)[1], folder, inherited)
        resolved = resolve(run, path, recipe, interpreter, runtime, machine, inherited)
        asked = {**resolved.policy, **(policy or {}), **({"queue": False} if debug else {})}
        spec = dataclasses.replace(resolved, debug=debug, parent=parent, policy=asked)
        building.spec.write_text(spec.to_json(), encoding="utf-8")
        building.path.rename(run.path)
    except BaseException:
        shutil.rmtree(building.path, ignore_errors=True)
        raise
    return run


def blank(building: RunFolder) -> None:
    """Folders and locks."""
    building.attempts.mkdir(parents=True)
    furnish(building.attempt(1), None)
    building.checkpoints.mkdir()
    for lock in (building.lock, building.supervisor_lock):
        lock.touch()
    if (held := locks.take_exclusive(building.lock)) is not None:  # Raises where there are no locks.
        os.close(held)


def resolve(
    run: RunFolder,
    path: Path,
    recipe: Recipe,
    interpreter: Interpreter,
    runtime: Path,
    machine: Machine,
    inherited: Mapping[str, str],
) -> RunSpec:
    """All that the supervisor and the ranks need to know. Looks at the disk only for model folders."""
    stage, config = stage_of(recipe)
    return RunSpec(
        id=run.id,
        name=path.name.removesuffix(SUFFIX) + (" (dry run)" if recipe.dry_run else ""),
        recipe=str(path),
        stage=stage,
        config=plain(config, path.parent),
        launch=launch.launcher(
            run, interpreter.path, recipe.accelerate, path.parent, runtime, machine, inherited
        ),
        interpreter=str(interpreter.path),
        num_processes=launch.num_processes(recipe.accelerate),
        created=time.time(),
        version=metadata.version("tunesmith"),
        policy={**run_policy.resolved(recipe.run), **to_policy(meeting(recipe))},
    )


def plain(value: Any, folder: Path) -> Any:
    """JSON values of a configuration, with the paths in it made absolute from `folder`."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {
            field.name: absolute(getattr(value, field.name), marker(field).path, folder)
            for field in dataclasses.fields(value)
        }
    if isinstance(value, enum.Enum):
        return value.value
    if isinstance(value, Mapping):
        return {key: plain(item, folder) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item, folder) for item in value]
    return value


def absolute(value: Any, kind: str | None, folder: Path) -> Any:
    """A path of the recipe as seen from anywhere. A model that is no folder is a hub id and stays one."""
    if kind is None or not isinstance(value, str):
        return plain(value, folder)
    place = Path(os.path.normpath(located(folder, value)))
    return value if kind == "model" and not place.is_dir() else str(place)


def new_id(now: float) -> str:
    """`20261122-021530-4f1a`: sorts by time; the end keeps two runs of one second apart."""
    return f"{time.strftime('%Y%m%d-%H%M%S', time.localtime(now))}-{secrets.token_hex(2)}"


def ignore_in_git(home: Path) -> None:
    """Runs are no source: the folder that holds them ignores itself."""
    ignore = home / ".gitignore"
    if not ignore.exists():
        ignore.write_text("*\n", encoding="utf-8")
