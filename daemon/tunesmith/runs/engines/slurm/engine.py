"""Slurm: sbatch starts an attempt, squeue and its like say how the job does, scancel ends it."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterable, Mapping
from dataclasses import replace

from tunesmith.core.files import write_text
from tunesmith.core.job import Job, JobState
from tunesmith.core.layout import AttemptFolder, RunFolder
from tunesmith.core.spec import RunSpec
from tunesmith.runs.engines.engine import EngineRefused
from tunesmith.runs.engines.slurm import queue, script
from tunesmith.runs.engines.slurm.client import NoAnswer, ask, order
from tunesmith.runs.runtime_copy import runtime_copy

FRESH = 3.0
"""Seconds that an answer of the scheduler is good for."""
UNKNOWN = "Invalid job id"
"""What Slurm says of a job that it has forgotten."""
BACK_OFF = 20.0
"""Seconds until a scheduler that gave no answer is asked again."""


class Slurm:
    """One question for all jobs of the user, however many runs ask."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: dict[str, Job] = {}
        self._asked_about: set[str] = set()
        self._next = 0.0
        self._silent: str | None = None

    def submit(
        self, run: RunFolder, attempt: AttemptFolder, spec: RunSpec, inherited: Mapping[str, str]
    ) -> str:
        try:
            told = script.options(spec, attempt)
        except ValueError as error:
            raise EngineRefused(f"{error}.") from error
        write_text(attempt.job_script, script.script(spec, run, runtime_copy(), told))
        environment = script.environment(inherited, told)
        printed = order(("sbatch", "--parsable", *told, str(attempt.job_script)), environment)
        number = queue.read_submitted(printed)
        if number is None:
            raise EngineRefused(f"sbatch printed no job id, but: {printed.strip()!r}")
        with self._lock:
            self._known[number] = Job(number, JobState.PENDING, queue.pending("PENDING", "", ""))
        return number

    def jobs(self, ids: Iterable[str]) -> Mapping[str, Job]:
        wanted = set(ids)
        with self._lock:
            if time.monotonic() >= self._next or not wanted <= self._asked_about:
                self._look(wanted)
            return {number: self._answer(number) for number in wanted}

    def cancel(self, job: str) -> None:
        order(("scancel", job))
        with self._lock:
            self._next = 0.0

    def _answer(self, number: str) -> Job:
        known = self._known.get(number)
        if self._silent is None or (known is not None and known.state is JobState.ENDED):
            return known or Job(number, JobState.FORGOTTEN)
        return Job(number, JobState.SILENT, f"Slurm does not answer: {self._silent}.")

    def _look(self, wanted: set[str]) -> None:
        """Ask about all jobs of the user at once, and singly about those that the queue lists no more."""
        self._asked_about |= wanted
        if self._silent is not None and time.monotonic() < self._next:
            return
        ended = {number: job for number, job in self._known.items() if job.state is JobState.ENDED}
        try:
            listed = queue.read_squeue(ask((*queue.SQUEUE, f"--user={os.getuid()}")))
            single = _details(self._asked_about - listed.keys() - ended.keys())
        except NoAnswer as error:
            self._silent, self._next = str(error), time.monotonic() + BACK_OFF
            return
        self._silent = None
        self._known = {**ended, **single, **listed}
        self._next = time.monotonic() + FRESH


def _details(numbers: set[str]) -> dict[str, Job]:
    """What the controller still knows of each, else what was written down about it."""
    found: dict[str, Job] = {}
    for number in sorted(numbers):
        try:
            shown = queue.read_show(ask(("scontrol", "show", "job", "--oneliner", number)))
        except NoAnswer as error:
            if UNKNOWN not in str(error):
                raise
            continue
        if shown is not None:
            found[number] = replace(shown, id=number)
    missing = sorted(numbers - found.keys())
    return {**_recorded(missing), **found} if missing else found


def _recorded(numbers: list[str]) -> dict[str, Job]:
    for command in (queue.SACCT, queue.SACCT_OF_A_FILE):
        try:
            return queue.read_sacct(ask((*command, f"--jobs={','.join(numbers)}")))
        except NoAnswer:
            continue  # No accounting of this kind here.
    return {}
