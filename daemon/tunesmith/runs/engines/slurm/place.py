"""What a recipe leaves open, filled in for the machines of its job instead of this one. Pure."""

from __future__ import annotations

from dataclasses import replace

from tunesmith.runs.machine import Machine
from tunesmith.stages import slurm
from tunesmith.stages.recipe import Recipe
from tunesmith.stages.run_policy import Engine


def placed(recipe: Recipe, here: Machine) -> tuple[Recipe, Machine]:
    """The recipe with its number of processes, and what each of its machines has."""
    if recipe.run is None or recipe.run.engine is not Engine.SLURM:
        return recipe, here
    asked = recipe.run.slurm
    ranks = slurm.ranks(asked, recipe.accelerate)
    machines = slurm.nodes(asked)
    gpus = slurm.gpus_per_node(asked) or (1 if slurm.asks_for_gpus(asked) else 0)
    # The launcher shares the CPUs of all machines among all ranks.
    cpus = (slurm.cpus_per_task(asked) or max(1, ranks // machines)) * machines
    return replace(recipe, accelerate={**recipe.accelerate, "num_processes": ranks}), Machine(cpus, gpus)
