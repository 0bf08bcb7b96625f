"""What stands over the first line of a recipe: what starts a run of it, and its run while there is one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

TRAIN = "tunesmith.train"
DEBUG = "tunesmith.debug"
DRY_RUN = "tunesmith.dryRun"
OPEN_DASHBOARD = "tunesmith.openDashboard"


@dataclass(frozen=True)
class LiveRun:
    """A run that has not ended. `share` of its steps is from 0 to 1."""

    id: str
    phase: str
    share: float | None


@dataclass(frozen=True)
class Lens:
    title: str
    command: str
    arguments: tuple[str, ...]


def lenses(uri: str, runs: Iterable[LiveRun], built_in: bool = True) -> list[Lens]:
    """`built_in`: the recipe describes a training of ours, not a script."""
    start = [Lens("$(play) Train", TRAIN, (uri,)), Lens("$(debug-alt) Debug", DEBUG, (uri,))]
    dry = [Lens("$(beaker) Dry Run", DRY_RUN, (uri,))] if built_in else []
    return [*start, *dry, *(_live(run) for run in runs)]


def _live(run: LiveRun) -> Lens:
    done = "" if run.share is None else f", {run.share:.0%}".replace("%", " %")
    name = run.id.rsplit("-", 1)[-1]
    return Lens(f"$(graph-line) #{name} {run.phase}{done}", OPEN_DASHBOARD, (run.id,))
