"""Writing into each checkpoint what a training that goes on from it must equal."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from transformers import Trainer

from tunesmith.core.checkpoints import mark
from tunesmith.core.context import Context
from tunesmith.core.files import write_json
from tunesmith.stages.train.resuming import state
from tunesmith.stages.train.resuming.digest import data_digest
from tunesmith.stages.train.resuming.replay import Keeper


class Recorder:
    """One a rank. A checkpoint that cannot be described is still one: it is said, and training goes on."""

    def __init__(self, context: Context) -> None:
        self.keeper = Keeper(context.attempt.replay) if context.rank == 0 else None
        self._context = context
        self._data: str | None = None
        self._window: dict[str, Any] | None = None

    def data(self, trainer: Trainer) -> str | None:
        """The digest of what is trained on; rank 0's word counts for all."""
        if self._data is None and self._context.rank == 0:
            self._data = data_digest(trainer.train_dataset)
        return self._data

    def begins(self, trainer: Trainer, folder: Path, cut_short: bool) -> None:
        """Before Trainer saves. `cut_short`: it will log first, though it would not have without a stop."""
        mark(folder, self._context.rank).unlink(missing_ok=True)
        self._window = state.window(trainer) if cut_short else None

    def saved(self, trainer: Trainer, folder: Path, evaluation_skipped: bool) -> None:
        rank = self._context.rank
        place = mark(folder, rank)
        try:
            record = {
                "attempt": self._context.attempt.number,
                **state.describe(trainer, self.data(trainer)),
                "window": self._window or state.window(trainer),
                "evaluation_skipped": evaluation_skipped,
                "files": state.sizes(folder, but="tunesmith-rank-") if rank == 0 else {},
            }
            write_json(place, record)
        except (OSError, *state.UNREADABLE) as error:
            print(f"{place} is not written, so nobody can prove a resume from it: {error!r}", file=sys.stderr)
        self._window = None
        if self.keeper is not None:
            self.keeper.saved()
