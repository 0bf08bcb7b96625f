"""What a stage's main is given: `core.context.Context` on a run folder."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

from tunesmith.core.attempts import read_plan
from tunesmith.core.files import append_json, write_json
from tunesmith.core.layout import AttemptFolder, RunFolder
from tunesmith.core.run import Phase, Progress, Promise
from tunesmith.runtime.boundary import Boundary
from tunesmith.runtime.rate import StepRate

MOST_OFTEN = 0.2
"""Seconds between two lines of progress that say nothing new but step and loss."""


class RunContext:
    """One rank's context. Only rank 0 writes progress and artifacts."""

    def __init__(self, run: RunFolder, attempt: AttemptFolder, rank: int, world_size: int) -> None:
        self.rank = rank
        self.world_size = world_size
        self.stopped = False
        """Whether this rank was told to stop."""
        self.why: str | None = None
        """Why the training ended before its last step, if it did so by itself."""
        self._run = run
        self._attempt = attempt
        self._latest = Progress(0.0, attempt.number, Phase.STARTING)
        self._said = self._latest
        self._file: int | None = None
        self._boundary = Boundary(attempt, rank, world_size, self._held)
        self._before_pause = Phase.TRAINING
        self._rate = StepRate(attempt.events)

    @property
    def folder(self) -> Path:
        return self._run.path

    @property
    def attempt(self) -> AttemptFolder:
        return self._attempt

    @property
    def resume_from(self) -> Path | None:
        plan = read_plan(self._attempt)
        return None if plan is None or plan.resume_from is None else self._run.path / plan.resume_from

    @property
    def checkpoints(self) -> Path:
        return self._run.checkpoints

    @property
    def events(self) -> Path:
        return self._attempt.events

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
        """What is not given stays as it was, so that the last line tells all."""
        if self.rank != 0:
            return
        latest = self._latest
        self._latest = Progress(
            time.time(),
            self._attempt.number,
            phase,
            step or latest.step,
            latest.total_steps if total_steps is None else total_steps,
            latest.epoch if epoch is None else epoch,
            latest.loss if loss is None else loss,
            latest.metrics if metrics is None else dict(metrics),
        )
        self._rate.saw(phase, self._latest.step, self._latest.time)
        if self._worth_saying():
            self._say()

    def close(self) -> None:
        """Say what was kept back because it was not worth a line of its own."""
        if self.rank == 0 and self._latest != self._said:
            self._say()

    def artifact(self, kind: str, path: Path, **about: object) -> None:
        if self.rank != 0:
            return
        inside = path.is_relative_to(self._run.path)
        shown = path.relative_to(self._run.path) if inside else path
        number = self._attempt.number
        record = {"time": time.time(), "attempt": number, "kind": kind, "path": str(shown)}
        _append(self._run.artifacts, {**record, **about})

    def events_elsewhere(self, path: Path) -> None:
        _append(self._attempt.events_elsewhere(self.rank), {"path": str(path)})

    def promise(self, stop: Promise) -> None:
        if self.rank != 0:
            return
        try:
            write_json(self._attempt.stop_promise, {"stop": stop.value})
        except OSError as error:
            print(f"stop-promise.json could not be written: {error}", file=sys.stderr)

    def stop_requested(self, epoch: float | None = None) -> bool:
        """All ranks answer True at the same call, and hold at the same call while the run is paused."""
        if self._boundary.reached(epoch):
            self.stopped = True
        return self.stopped

    def stop_after_epoch(self, epoch: float) -> bool:
        if self._boundary.epoch_ended(epoch):
            self.stopped = True
        return self.stopped

    def ended_early(self, why: str) -> None:
        self.why = why

    def _held(self, holds: bool) -> None:
        if holds:
            self._before_pause = self._latest.phase
        self.progress(Phase.PAUSED if holds else self._before_pause)

    def _worth_saying(self) -> bool:
        now, said = self._latest, self._said
        new = (now.phase, now.total_steps, now.metrics) != (said.phase, said.total_steps, said.metrics)
        # A clock that was set back must not silence the run until it has caught up.
        return new or not 0 <= now.time - said.time < MOST_OFTEN

    def _say(self) -> None:
        try:
            if self._file is None:
                self._file = os.open(self._run.progress, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
            append_json(self._file, {**asdict(self._latest), "phase": self._latest.phase.value})
        except OSError as error:
            print(f"progress.jsonl could not be written: {error}", file=sys.stderr)
        self._said = self._latest


def _append(path: Path, value: object) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    try:
        append_json(descriptor, value)
    finally:
        os.close(descriptor)
