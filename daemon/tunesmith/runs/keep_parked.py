"""Which starts one window keeps parked: one a recipe, parked again when it was used or its launch changed."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tunesmith.facts.interpreter import Interpreter
from tunesmith.runs import control
from tunesmith.runs.park import Parked, park_ahead
from tunesmith.runs.parked.key import Ahead, NotParkable, ahead

log = logging.getLogger(__name__)

MOST = 2
"""Parked starts of one window."""


@dataclass(frozen=True)
class Wanted:
    """`memory_limit` is in bytes."""

    interpreter: Interpreter
    memory_limit: int | None = None


class KeepParked:
    """Called on one thread at a time."""

    def __init__(self) -> None:
        self._kept: dict[Path, Parked] = {}
        self._ended: dict[Path, tuple[str, int | None]] = {}
        """Key and limit of those that ended by themselves: the same would end again."""

    def keep(self, wanted: Mapping[Path, Wanted]) -> None:
        """Have what is wanted, the first ones first, and nothing else."""
        chosen = dict(list(wanted.items())[:MOST])
        for recipe in [recipe for recipe in self._kept if recipe not in chosen]:
            self._release(recipe)
        for recipe, want in chosen.items():
            try:
                self._keep(recipe, want)
            except control.Refused:
                log.info("%s has errors: its next start stays as it is", recipe)
            except NotParkable as error:
                log.info("%s is not parked: %s", recipe, error)
                self._release(recipe)
            except (control.NotStarted, OSError) as error:
                log.warning("the next start of %s could not be parked: %s", recipe, error)

    def memory(self, recipe: Path) -> int | None:
        """The bytes that the next start of the recipe takes; None when none is ready."""
        parked = self._kept.get(recipe)
        return parked.memory if parked is not None and parked.ready else None

    def lacks(self, recipe: Path) -> bool:
        """Whether none is parked for it any more, or none ever was."""
        parked = self._kept.get(recipe)
        return parked is None or not parked.alive

    def forgive(self, recipe: Path) -> None:
        """It was trained again: what ended by itself may be tried once more."""
        self._ended.pop(recipe, None)

    def close(self) -> None:
        for recipe in list(self._kept):
            self._release(recipe)

    def _keep(self, recipe: Path, want: Wanted) -> None:
        _, accepted = control.accept(recipe, want.interpreter)
        now = ahead(recipe, accepted, want.interpreter)
        parked = self._kept.get(recipe)
        if parked is not None:
            if parked.alive and self._is_same(parked, now, want):
                return
            if not parked.alive and not parked.claimed:
                self._ended[recipe] = parked.start.key, parked.start.memory_limit
            self._release(recipe)
        if self._ended.get(recipe) != (now.key, want.memory_limit):
            try:
                self._kept[recipe] = park_ahead(now, want.memory_limit)
            except NotParkable:  # It ended before its supervisor was seen to have it.
                self._ended[recipe] = now.key, want.memory_limit
                raise
            log.info("the next start of %s is parked as %s", recipe, self._kept[recipe].folder.path)

    def _is_same(self, parked: Parked, now: Ahead, want: Wanted) -> bool:
        return (parked.start.key, parked.start.memory_limit) == (now.key, want.memory_limit)

    def _release(self, recipe: Path) -> None:
        parked = self._kept.pop(recipe, None)
        if parked is not None:
            parked.release()
