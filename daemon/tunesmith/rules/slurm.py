"""Rules about a run on a Slurm cluster beside the rest of its recipe."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from tunesmith.core.fact import Facts
from tunesmith.core.finding import Finding, Fix, RemoveKey, SetValue, Severity
from tunesmith.core.rule import rule
from tunesmith.facts.names import HAS_SLURM
from tunesmith.rules.slurm_options import WHERE, options_of
from tunesmith.stages import slurm
from tunesmith.stages.run_policy import Engine

if TYPE_CHECKING:
    from tunesmith.stages.recipe import Recipe


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
    if options_of(recipe) is not None and not facts[HAS_SLURM]:
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
    options = options_of(recipe)
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
    options = options_of(recipe)
    own = recipe.script is not None or recipe.module is not None
    if options is None or own or not slurm.requeues(options):
        return
    if str(recipe.train.get("save_strategy", "steps")) == "no":
        path = ("train", "save_strategy")
        fix = Fix("Save after every epoch", (SetValue(path, "epoch"),))
        yield requeued_without_checkpoints.at(*path, on="value", fixes=(fix,))


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


def _times(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"


RULES = (
    no_slurm_here,
    processes_do_not_fit_the_job,
    requeued_without_checkpoints,
    slurm_without_its_engine,
    queue_beside_a_cluster,
)
