"""Rules about a run on several machines: accelerate's own keys for it, under `accelerate:`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from tunesmith.core.fact import Facts
from tunesmith.core.finding import Finding, Fix, RemoveKey, SetValue, Severity
from tunesmith.core.rule import rule
from tunesmith.stages import machines
from tunesmith.stages.run_policy import Engine

if TYPE_CHECKING:
    from tunesmith.stages.recipe import Recipe

ALL = ("num_machines", "machine_rank", "main_process_ip", "main_process_port")


@rule("TN470", Severity.ERROR, "{machines} machines need main_process_ip, by which the others find the first")
def machines_that_do_not_meet(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """Several machines are to train together, and no address says where.

    Why: each waits for the others, which do not know of it.
    Library: torch: DistNetworkError, the client socket has failed to connect to any network address; The
    client socket has timed out.
    Flags:
        accelerate: {num_machines: 2, num_processes: 2}
    Accepts:
        accelerate: {num_machines: 2, num_processes: 2, main_process_ip: 10.0.0.1, main_process_port: 29500}
        ---
        accelerate: {num_machines: 1, num_processes: 2}
    """
    count = _machines(recipe)
    if count > 1 and not recipe.accelerate.get("main_process_ip"):
        yield machines_that_do_not_meet.at("accelerate", "num_machines", on="value", machines=count)


@rule("TN471", Severity.ERROR, "machine_rank counts from 0: with {machines} machines it is {last} or less")
def no_such_machine(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """This machine is one that the run does not have.

    Why: it would take part in no run, and its place stays empty.
    Library: tunesmith: the machine cannot join.
    Flags:
        accelerate:
          {num_machines: 2, machine_rank: 2, num_processes: 2, main_process_ip: 10.0.0.1}
        ---
        accelerate: {machine_rank: 1, num_processes: 2}
        ---
        accelerate:
          {num_machines: 2, machine_rank: -1, num_processes: 2, main_process_ip: 10.0.0.1}
    Accepts:
        accelerate:
          {num_machines: 2, machine_rank: 1, num_processes: 2, main_process_ip: 10.0.0.1}
        ---
        accelerate: {machine_rank: 0, num_processes: 2}
    """
    last = max(1, _machines(recipe)) - 1
    if _is_local(recipe) and not 0 <= machines.machine_rank(recipe.accelerate) <= last:
        path = ("accelerate", "machine_rank")
        fix = Fix("Change to 0", (SetValue(path, "0"),))
        yield no_such_machine.at(*path, on="value", machines=last + 1, last=last, fixes=(fix,))


@rule("TN472", Severity.ERROR, "num_processes counts those of all {machines} machines: as {fit}, not {asked}")
def processes_that_machines_cannot_share(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """The processes cannot be shared equally by the machines.

    Why: every machine starts the same number, and the rest would be missing.
    Library: tunesmith: 3 processes were asked for and the launcher made a world of 2.
    Flags:
        accelerate: {num_machines: 2, num_processes: 3, main_process_ip: 10.0.0.1}
        ---
        accelerate: {num_machines: 2, main_process_ip: 10.0.0.1}
    Accepts:
        accelerate: {num_machines: 2, num_processes: 4, main_process_ip: 10.0.0.1}
    """
    count, asked = _machines(recipe), recipe.accelerate.get("num_processes", 1)
    if count < 2 or not isinstance(asked, int) or isinstance(asked, bool) or not asked % count:
        return
    path = ("accelerate", "num_processes")
    fit = (max(0, asked) // count + 1) * count
    there = path if "num_processes" in recipe.accelerate else ("accelerate", "num_machines")
    fix = Fix(f"Set num_processes to {fit}", (SetValue(path, str(fit)),), preferred=True)
    yield processes_that_machines_cannot_share.at(
        *there, on="value", machines=count, fit=fit, asked=asked, fixes=(fix,)
    )


@rule("TN473", Severity.ERROR, "With several machines a port must be named: 0 is another one on each of them")
def port_that_nobody_knows(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """A free port is asked for, and the other machines cannot know which one was free.

    Why: they never find the first machine.
    Library: torch: DistStoreError, timed out waiting for clients.
    Flags:
        accelerate: {num_machines: 2, num_processes: 2, main_process_ip: 10.0.0.1, main_process_port: 0}
    Accepts:
        accelerate: {num_machines: 2, num_processes: 2, main_process_ip: 10.0.0.1}
        ---
        accelerate: {num_processes: 2, main_process_port: 0}
    """
    path = ("accelerate", "main_process_port")
    given = recipe.accelerate.get("main_process_port")
    if _machines(recipe) > 1 and given is not None and str(given) == "0":
        fix = Fix(f"Change to {machines.PORT}", (SetValue(path, str(machines.PORT)),), preferred=True)
        yield port_that_nobody_knows.at(*path, on="value", fixes=(fix,))


@rule("TN474", Severity.WARNING, "{key} is not read: the machines are those of the job, which nodes counts")
def machines_beside_a_cluster(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """Machines are named in a recipe that runs on a cluster.

    Why: Slurm chooses the machines, and the run learns from it where they meet.
    Library: silent.
    Flags:
        accelerate: {num_machines: 2, num_processes: 2, main_process_ip: 10.0.0.1}
        run: {engine: slurm, slurm: {nodes: 2}}
    Accepts:
        accelerate: {num_processes: 2}
        run: {engine: slurm, slurm: {nodes: 2}}
        ---
        accelerate: {num_machines: 1, machine_rank: 0}
        run: {engine: slurm}
    """
    if _is_local(recipe):
        return
    for key in ALL:
        if recipe.accelerate.get(key) not in (None, _PLAIN.get(key)):
            path = ("accelerate", key)
            fix = Fix(f"Remove {key}", (RemoveKey(path),), preferred=True)
            yield machines_beside_a_cluster.at(*path, key=key, fixes=(fix,))


_PLAIN = {"num_machines": 1, "machine_rank": 0}
"""What says nothing, and stands in every config file that accelerate writes."""


def _is_local(recipe: Recipe) -> bool:
    return recipe.run is None or recipe.run.engine is Engine.LOCAL


def _machines(recipe: Recipe) -> int:
    """1 on a cluster."""
    return machines.machines(recipe.accelerate) if _is_local(recipe) else 1


RULES = (
    machines_that_do_not_meet,
    no_such_machine,
    processes_that_machines_cannot_share,
    port_that_nobody_knows,
    machines_beside_a_cluster,
)
