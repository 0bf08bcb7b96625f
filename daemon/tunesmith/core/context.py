"""How a stage's main reports: the only thing it knows of Tunesmith besides its own configuration."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

from tunesmith.core.layout import AttemptFolder
from tunesmith.core.run import Phase, Promise


class Context(Protocol):
    """Made by the runtime, given to `main(config, context)` in every rank."""

    @property
    def rank(self) -> int: ...

    @property
    def world_size(self) -> int: ...

    @property
    def folder(self) -> Path:
        """The folder of the run."""
        ...

    @property
    def attempt(self) -> AttemptFolder:
        """The part of it that belongs to this attempt."""
        ...

    @property
    def resume_from(self) -> Path | None:
        """The checkpoint to go on from; None for a training that begins."""
        ...

    @property
    def checkpoints(self) -> Path:
        """Where checkpoints go."""
        ...

    @property
    def events(self) -> Path:
        """Where TensorBoard event files go."""
        ...

    def progress(
        self,
        phase: Phase,
        *,
        step: int = 0,
        total_steps: int | None = None,
        epoch: float | None = None,
        loss: float | None = None,
        metrics: Mapping[str, float] | None = None,
    ) -> None:
        """Say what is going on; only rank 0 writes. Never raises for a full disk: it logs and goes on."""
        ...

    def artifact(self, kind: str, path: Path, **about: object) -> None:
        """Record a checkpoint or another product; only rank 0 writes."""
        ...

    def events_elsewhere(self, path: Path) -> None:
        """Record an event file that is none of `events`; every rank says its own, each once."""
        ...

    def promise(self, stop: Promise) -> None:
        """Say what a stop would save, as far as that is known; only rank 0 writes."""
        ...

    def stop_requested(self, epoch: float | None = None) -> bool:
        """True once somebody asked for a graceful end. Returns only when the run is not paused.

        Cheap: asked between any two optimizer steps. `epoch` says how many are done, where that is known.
        """
        ...

    def stop_after_epoch(self, epoch: float) -> bool:
        """Whether the run is to stop now that so many epochs are done; asked at the end of each."""
        ...

    def ended_early(self, why: str) -> None:
        """Say why the training ends by itself before its last step."""
        ...
