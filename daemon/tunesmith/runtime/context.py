"""What a stage's main is given: `core.context.Context` on a run folder."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

from tunesmith.core.files import append_json, read_json, write_json
from tunesmith.core.layout import AttemptFolder, RunFolder
from tunesmith.core.run import Phase, Progress, Promise
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
        self._run = run
        self._attempt = attempt
        self._latest = Progress(0.0, attempt.number, Phase.STARTING)
        self._said = self._latest
        self._file: int | None = None
        self._asked = 0
        self._stop_at: int | None = None
        self._rate = StepRate(attempt.events)

    @property
    def folder(self) -> Path:
        return self._run.path

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

    def stop_requested(self) -> bool:
        """All ranks answer True at the same call.

        Rank 0 alone looks for the request, and with several ranks it names the call after this one: no rank
        gets there before rank 0 has joined the step's all-reduce, and by then the number is written.
        """
        self._asked += 1
        if self._stop_at is None:
            self._stop_at = self._agree() if self.rank == 0 else self._agreed()
        self.stopped = self._stop_at is not None and self._asked >= self._stop_at
        return self.stopped

    def _agree(self) -> int | None:
        if not self._attempt.stop_request.exists():
            return None
        step = self._asked if self.world_size == 1 else self._asked + 1
        write_json(self._attempt.stop_step, {"call": step})
        return step

    def _agreed(self) -> int | None:
        record = read_json(self._attempt.stop_step)
        return None if record is None else int(record["call"])

    def _worth_saying(self) -> bool:
        now, said = self._latest, self._said
        new = (now.phase, now.total_steps, now.metrics) != (said.phase, said.total_steps, said.metrics)
        return new or now.time - said.time >= MOST_OFTEN

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
