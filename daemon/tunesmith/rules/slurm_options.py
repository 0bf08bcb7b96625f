"""Rules about the options that a job is handed to Slurm with: `run: {engine: slurm, slurm: …}`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from tunesmith.core.fact import Facts
from tunesmith.core.finding import Finding, Fix, RemoveKey, RenameKey, Severity
from tunesmith.core.nearest import nearest
from tunesmith.core.rule import rule
from tunesmith.stages import slurm
from tunesmith.stages.run_policy import Engine

if TYPE_CHECKING:
    from tunesmith.stages.recipe import Recipe

WHERE = ("run", "slurm")


def options_of(recipe: Recipe) -> slurm.Options | None:
    """None for a run of this machine."""
    run = recipe.run
    return run.slurm if run is not None and run.engine is Engine.SLURM else None


@rule("TN462", Severity.ERROR, "sbatch does not read {value} as a time: write 90, 4:00:00 or 1-12:00:00")
def no_time_of_slurm(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """A length of time is not written as Slurm writes it.

    Why: the job is not taken. A plain number counts minutes; 4:00 is four minutes.
    Library: sbatch: error: Invalid --time specification.
    Flags:
        run: {engine: slurm, slurm: {time: 4h}}
        ---
        run: {engine: slurm, slurm: {time_min: "4 hours"}}
    Accepts:
        run: {engine: slurm, slurm: {time: "04:00:00", time_min: 30}}
        ---
        run: {engine: slurm, slurm: {time: 1-12}}
        ---
        run: {engine: slurm, slurm: {time: UNLIMITED}}
    """
    for key, value in (options_of(recipe) or {}).items():
        if slurm.option(key) in ("time", "time-min") and value is not None and not slurm.is_time(value):
            yield no_time_of_slurm.at(*WHERE, key, on="value", value=value)


@rule("TN464", Severity.ERROR, "{key} is not the recipe's to set: {why}")
def option_of_the_run(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """An option of sbatch that every run sets itself.

    Why: with another value the run could not be followed, or be started at all.
    Library: tunesmith: the option would have no effect.
    Flags:
        run: {engine: slurm, slurm: {output: train.log}}
        ---
        run: {engine: slurm, slurm: {ntasks_per_node: 4}}
    Accepts:
        run: {engine: slurm, slurm: {job_name: mine, partition: gpu}}
    """
    for key in options_of(recipe) or {}:
        why = slurm.OWNED.get(slurm.option(key))
        if why is not None:
            fix = Fix(f"Remove {key}", (RemoveKey((*WHERE, key)),), preferred=True)
            yield option_of_the_run.at(*WHERE, key, key=key, why=why, fixes=(fix,))


@rule("TN465", Severity.WARNING, "sbatch has no option {key}{hint}")
def unknown_option_of_sbatch(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """A key under `slurm` is no long option of sbatch that is known here.

    Why: sbatch refuses a job with an option that it does not know.
    Library: silent until the run is submitted: sbatch: unrecognized option.
    Flags:
        run: {engine: slurm, slurm: {partion: gpu}}
    Accepts:
        run: {engine: slurm, slurm: {partition: gpu, gpus_per_node: 4, cpus-per-task: 8, grace: 300}}
    """
    options = options_of(recipe) or {}
    for key in options:
        name = slurm.option(key)
        if name in slurm.KNOWN or name in slurm.OWNED or key in slurm.OURS:
            continue
        near = nearest(name, sorted(slurm.KNOWN - {slurm.option(other) for other in options}))
        meant = None if near is None else near.replace("-", "_")
        fix = () if meant is None else (Fix(f"Change to {meant}", (RenameKey((*WHERE, key), meant),)),)
        hint = "" if meant is None else f": did you mean {meant}?"
        yield unknown_option_of_sbatch.at(*WHERE, key, key=key, hint=hint, fixes=fix)


@rule("TN467", Severity.ERROR, "{key} is a whole number of 1 or more, not {value}")
def no_count(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """The number of machines is a range, or the grace is no number of seconds.

    Why: how many processes there are must be known before the job starts.
    Library: tunesmith: one machine, or the usual grace, would be taken.
    Flags:
        run: {engine: slurm, slurm: {nodes: 2-4}}
        ---
        run: {engine: slurm, slurm: {grace: 2m}}
    Accepts:
        run: {engine: slurm, slurm: {nodes: 2, grace: 300}}
    """
    for key, value in (options_of(recipe) or {}).items():
        if key not in ("nodes", "grace") or value is None:
            continue
        text = str(value)
        if isinstance(value, bool) or not text.isdecimal() or int(text) < 1:
            yield no_count.at(*WHERE, key, on="value", key=key, value=value)


@rule("TN469", Severity.WARNING, "The job has {time} s and is told to stop {grace} s before: it cannot train")
def time_within_its_grace(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """The time of the job is no longer than the grace before its end.

    Why: the run is told to save and stop as soon as it starts, is queued again, and never gets on.
    Library: silent: Slurm sends the signal at once when the job starts.
    Flags:
        run: {engine: slurm, slurm: {time: 2}}
        ---
        run: {engine: slurm, slurm: {time: "00:05:00", grace: 600}}
    Accepts:
        run: {engine: slurm, slurm: {time: 3}}
        ---
        run: {engine: slurm, slurm: {time: "00:05:00", grace: 60}}
        ---
        run: {engine: slurm, slurm: {time: UNLIMITED, grace: 600}}
    """
    options = options_of(recipe) or {}
    time = slurm.seconds(slurm.value(options, "time"))
    grace = slurm.grace(options)
    if time is not None and time <= grace:
        key = "grace" if "grace" in options else "time"
        yield time_within_its_grace.at(*WHERE, key, on="value", time=time, grace=grace)


RULES = (
    no_time_of_slurm,
    option_of_the_run,
    unknown_option_of_sbatch,
    no_count,
    time_within_its_grace,
)
