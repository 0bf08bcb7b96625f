"""Runs of several machines, found by where their ranks meet."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tunesmith.core.files import read_json
from tunesmith.core.layout import RunFolder, runs_home
from tunesmith.core.meeting import Meeting, meeting_of
from tunesmith.core.run import Queued, Running
from tunesmith.runs import store
from tunesmith.stages import machines
from tunesmith.stages.recipe import Recipe
from tunesmith.stages.run_policy import Engine


def meeting(recipe: Recipe) -> Meeting | None:
    """Where its ranks meet; None for one machine, and on a cluster, whose scheduler starts all of them."""
    on_cluster = recipe.run is not None and recipe.run.engine is not Engine.LOCAL
    return None if on_cluster else machines.meeting(recipe.accelerate)


def living(home: Path, place: Meeting) -> Iterator[RunFolder]:
    """The runs that meet there and have not ended, the newest first."""
    for run in reversed(store.runs_in(home)):
        policy = (read_json(run.spec) or {}).get("policy") or {}
        if meeting_of(policy) == place and isinstance(store.state_of(run), (Queued, Running)):
            yield run


def why_not_here(path: Path, recipe: Recipe, debug: bool) -> str | None:
    """Why a run of several machines cannot be started on this one; None when it can, or has one machine."""
    place = meeting(recipe)
    if place is None:
        return None
    if debug:
        return "Only a run of one machine can be debugged. Set num_machines to 1 to debug it."
    if (number := machines.machine_rank(recipe.accelerate)) > 0:
        return (
            f"machine_rank is {number}, and a run starts on machine 0. This machine takes part in it by "
            f"`tunesmith run --machine-rank {number} {path.name}`."
        )
    if (other := next(living(runs_home(path.parent), place), None)) is not None:
        return (
            f"{other.id} meets at {place} already. Other machines take part in it by `tunesmith run "
            f"--machine-rank 1 {path.name}`; stop it to start another one."
        )
    return None
