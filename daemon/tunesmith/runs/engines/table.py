"""THE table of engines besides the one that is always there: this machine, on which locks say what lives."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass

from tunesmith.core.attempts import read_plan
from tunesmith.core.files import read_json, write_json
from tunesmith.core.job import Job, JobState
from tunesmith.core.layout import AttemptFolder, RunFolder
from tunesmith.core.spec import RunSpec
from tunesmith.runs.engines.engine import Engine, EngineRefused
from tunesmith.runs.engines.slurm.engine import Slurm

ENGINES: Mapping[str, Engine] = {"slurm": Slurm()}


@dataclass(frozen=True)
class Submitted:
    """Of job.json: which engine has the run, and what it calls it."""

    engine: str
    id: str


def engine_of(spec: RunSpec) -> Engine | None:
    """None for a run of this machine. KeyError for an engine of a later version."""
    name = spec.policy.get("engine", "local")
    return None if name == "local" else ENGINES[name]


def submit(
    run: RunFolder, attempt: AttemptFolder, spec: RunSpec, inherited: Mapping[str, str], engine: Engine
) -> None:
    """Have the attempt started, and write down as what. Raises EngineRefused."""
    number = engine.submit(run, attempt, spec, inherited)
    record = {"engine": spec.policy["engine"], "id": number, "attempt": attempt.number, "time": time.time()}
    write_json(run.job, record)


def submitted(run: RunFolder, attempt: AttemptFolder) -> Submitted | None:
    """None for a run of this machine, and for an attempt that was not submitted yet.

    A job that is started again has further attempts; one that somebody resumed gets a job of its own.
    """
    record = read_json(run.job)
    if record is None:
        return None
    plan = read_plan(attempt) if attempt.number > int(record["attempt"]) else None
    if plan is not None and plan.why == "resume":
        return None
    return Submitted(str(record["engine"]), str(record["id"]))


def job_of(run: RunFolder, attempt: AttemptFolder) -> Job | None:
    """How the run's job does; None when it has none, or has ended for good."""
    found = submitted(run, attempt)
    if found is None:
        return None
    engine = ENGINES.get(found.engine)
    if engine is None:
        return Job(found.id, JobState.SILENT, f"This version knows no engine {found.engine}.")
    return engine.jobs([found.id])[found.id]


def cancel(found: Submitted) -> None:
    """End its job. Raises EngineRefused."""
    engine = ENGINES.get(found.engine)
    if engine is None:
        raise EngineRefused(f"This version knows no engine {found.engine}: update Tunesmith.")
    engine.cancel(found.id)
