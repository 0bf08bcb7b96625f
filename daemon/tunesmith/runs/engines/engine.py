"""What an engine is: whatever starts the supervisor of an attempt somewhere, and can say how that does."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Protocol

from tunesmith.core.job import Job
from tunesmith.core.layout import AttemptFolder, RunFolder
from tunesmith.core.spec import RunSpec


class EngineRefused(Exception):
    """The engine did not take the run, or could not do what was asked; the message says why."""


class Engine(Protocol):
    """An engine builds no scheduler: it talks to one that is there."""

    def submit(
        self, run: RunFolder, attempt: AttemptFolder, spec: RunSpec, inherited: Mapping[str, str]
    ) -> str:
        """Have the attempt started, now or when its turn comes; the id of its job. Raises EngineRefused."""
        ...

    def jobs(self, ids: Iterable[str]) -> Mapping[str, Job]:
        """How these jobs do, each with an answer. Asks the scheduler every few seconds at most."""
        ...

    def cancel(self, job: str) -> None:
        """End the job, waiting or running. Raises EngineRefused."""
        ...
