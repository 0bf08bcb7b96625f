"""Rules about a run on a Slurm cluster: `run: {engine: slurm, slurm: …}`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from tunesmith.core.fact import Facts
from tunesmith.core.finding import Finding, Fix, RemoveKey, RenameKey, SetValue, Severity
from tunesmith.core.nearest import nearest
from tunesmith.core.rule import rule
from tunesmith.facts.names import HAS_SLURM
from tunesmith.stages import slurm
from tunesmith.stages.run_policy import Engine

if TYPE_CHECKING:
    from tunesmith.stages.recipe import Recipe

WHERE = ("run", "slurm")


@rule("TN460", Severity.HINT, "sbatch is not on this machine: start the run on a login node", (HAS_SLURM,))
def no_slurm_here(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """The recipe runs on a Slurm cluster, and this machine cannot submit a job to one.

    Why: the recipe may be right and only be read on another machine; starting it here fails.
    Library: silent until the run is submitted: sbatch is not installed on this machine.
    Flags:
        # machine without Slurm
        run: {engine: slurm}
    Accepts:
        # machine with Slurm
        run: {engine: slurm}
        ---
        # machine without Slurm
        run: {engine: local}
    """
    if _options(recipe) is not None and not facts[HAS_SLURM]:
        yield no_slurm_here.at("run", "engine", on="value")


@rule("TN461", Severity.ERROR, "num_processes is {asked}, and {job}: {hint}")
def processes_do_not_fit_the_job(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """The number of processes is not that of the job's GPUs, or cannot be shared by its machines.

    Why: every machine starts the same number of processes, one for each of its GPUs.
    Library: torch: RuntimeError, CUDA error: invalid device ordinal; or GPUs that are paid for and idle.
    Flags:
        accelerate: {num_processes: 4}
        run: {engine: slurm, slurm: {nodes: 2, gpus_per_node: 4}}
        ---
        accelerate: {num_processes: 3}
        run: {engine: slurm, slurm: {nodes: 2}}
    Accepts:
        accelerate: {num_processes: 8}
        run: {engine: slurm, slurm: {nodes: 2, gpus_per_node: "a100:4"}}
        ---
        run: {engine: slurm, slurm: {nodes: 2, gpus_per_node: 4}}
        ---
        accelerate: {num_processes: 4}
        run: {engine: slurm, slurm: {nodes: 2}}
        ---
        accelerate: {num_processes: 4}
        run: {slurm: {nodes: 2, gpus_per_node: 4}}
    """
    options = _options(recipe)
    asked = recipe.accelerate.get("num_processes")
    if options is None or not isinstance(asked, int) or isinstance(asked, bool) or asked < 1:
        return
    nodes, gpus = slurm.nodes(options), slurm.gpus_per_node(options)
    if gpus is not None and gpus > 0 and asked != nodes * gpus:
        job = f"the job has {_times(nodes, 'machine')} with {_times(gpus, 'GPU')}"
        fit = nodes * gpus
    elif asked % nodes:
        job = f"the job has {_times(nodes, 'machine')}"
        fit = (asked // nodes + 1) * nodes
    else:
        return
    path = ("accelerate", "num_processes")
    fix = Fix(f"Change to {fit}", (SetValue(path, str(fit)),), preferred=True)
    hint = f"it must be {fit}" if gpus else f"each must have as many, as with {fit}"
    yield processes_do_not_fit_the_job.at(*path, on="value", asked=asked, job=job, hint=hint, fixes=(fix,))


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
    for key, value in (_options(recipe) or {}).items():
        if slurm.option(key) in ("time", "time-min") and value is not None and not slurm.is_time(value):
            yield no_time_of_slurm.at(*WHERE, key, on="value", value=value)


@rule("TN463", Severity.WARNING, "No checkpoints are saved: when a machine fails, all is lost")
def requeued_without_checkpoints(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """The job may be started again, and the training saves nothing on its way.

    Why: Slurm gives notice before it takes machines back, but a machine that fails gives none: the run then
    starts again from the beginning.
    Library: silent.
    Flags:
        train: {save_strategy: "no"}
        run: {engine: slurm}
    Accepts:
        train: {save_strategy: steps, save_steps: 100}
        run: {engine: slurm}
        ---
        train: {save_strategy: "no"}
        run: {engine: slurm, slurm: {requeue: false}}
        ---
        train: {save_strategy: "no"}
    """
    options = _options(recipe)
    own = recipe.script is not None or recipe.module is not None
    if options is None or own or not slurm.requeues(options):
        return
    if str(recipe.train.get("save_strategy", "steps")) == "no":
        path = ("train", "save_strategy")
        fix = Fix("Save after every epoch", (SetValue(path, "epoch"),))
        yield requeued_without_checkpoints.at(*path, on="value", fixes=(fix,))


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
    for key in _options(recipe) or {}:
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
    options = _options(recipe) or {}
    for key in options:
        name = slurm.option(key)
        if name in slurm.KNOWN or name in slurm.OWNED or key in slurm.OURS:
            continue
        near = nearest(name, sorted(slurm.KNOWN - {slurm.option(other) for other in options}))
        meant = None if near is None else near.replace("-", "_")
        fix = () if meant is None else (Fix(f"Change to {meant}", (RenameKey((*WHERE, key), meant),)),)
        hint = "" if meant is None else f": did you mean {meant}?"
        yield unknown_option_of_sbatch.at(*WHERE, key, key=key, hint=hint, fixes=fix)


@rule("TN466", Severity.WARNING, "slurm is not read: the run trains on this machine")
def slurm_without_its_engine(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """Options of a cluster stand in a recipe that runs on this machine.

    Why: most likely `engine: slurm` was forgotten.
    Library: silent.
    Flags:
        run: {slurm: {partition: gpu}}
    Accepts:
        run: {engine: slurm, slurm: {partition: gpu}}
        ---
        run: {time_limit: 4h}
    """
    if recipe.run is not None and recipe.run.slurm and recipe.run.engine is Engine.LOCAL:
        fix = Fix("Run on the cluster", (SetValue(("run", "engine"), "slurm"),), preferred=True)
        yield slurm_without_its_engine.at(*WHERE, fixes=(fix,))


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
    for key, value in (_options(recipe) or {}).items():
        if key not in ("nodes", "grace") or value is None:
            continue
        text = str(value)
        if isinstance(value, bool) or not text.isdecimal() or int(text) < 1:
            yield no_count.at(*WHERE, key, on="value", key=key, value=value)


@rule("TN468", Severity.WARNING, "{key} is not read: a job waits in the queue of the cluster")
def queue_beside_a_cluster(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """The queue of this machine is asked for in a recipe that runs on a cluster.

    Why: a job waits in Slurm's own queue, whose priorities are given by qos, nice and partition.
    Library: silent.
    Flags:
        run: {engine: slurm, queue: true}
        ---
        run: {engine: slurm, slots: 2}
        ---
        run: {engine: slurm, priority: 5}
    Accepts:
        run: {engine: slurm, slurm: {qos: high}}
        ---
        run: {engine: slurm, queue: false, priority: 0}
        ---
        run: {queue: true, slots: 2, priority: 5}
    """
    run = recipe.run
    if run is None or run.engine is not Engine.SLURM:
        return
    asked = {"queue": run.queue, "slots": run.slots is not None, "priority": run.priority != 0}
    for key in (key for key, is_asked in asked.items() if is_asked):
        path = ("run", key)
        fix = Fix(f"Remove {key}", (RemoveKey(path),), preferred=True)
        yield queue_beside_a_cluster.at(*path, key=key, fixes=(fix,))


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
    options = _options(recipe) or {}
    time = slurm.seconds(slurm.value(options, "time"))
    grace = slurm.grace(options)
    if time is not None and time <= grace:
        key = "grace" if "grace" in options else "time"
        yield time_within_its_grace.at(*WHERE, key, on="value", time=time, grace=grace)


def _options(recipe: Recipe) -> slurm.Options | None:
    """None for a run of this machine."""
    run = recipe.run
    return run.slurm if run is not None and run.engine is Engine.SLURM else None


def _times(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"


RULES = (
    no_slurm_here,
    processes_do_not_fit_the_job,
    no_time_of_slurm,
    requeued_without_checkpoints,
    option_of_the_run,
    unknown_option_of_sbatch,
    slurm_without_its_engine,
    no_count,
    queue_beside_a_cluster,
    time_within_its_grace,
)
