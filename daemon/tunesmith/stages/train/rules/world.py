"""Rules about how many processes a training has, and what they share."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from tunesmith.core.fact import Facts
from tunesmith.core.finding import Finding, Fix, SetValue, Severity
from tunesmith.core.rule import rule
from tunesmith.facts.names import GPUS, STARTED, TRAINING_ARGUMENTS, VERSIONS, WORLD_SIZE
from tunesmith.facts.release import before
from tunesmith.stages.train.rules.written import number, value

if TYPE_CHECKING:
    from tunesmith.stages.recipe import Recipe

ON_GPUS = ("MULTI_GPU", "DEEPSPEED", "FSDP", "MEGATRON_LM")


@rule(
    "TN481",
    Severity.ERROR,
    "{processes} processes on a machine with {gpus}: each needs a GPU of its own",
    needs=(GPUS,),
)
def more_processes_than_gpus(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """A machine has fewer GPUs than it is to run processes.

    Why: the processes without a GPU end, and the others with them.
    Library: torch: RuntimeError, CUDA error: invalid device ordinal.
    Flags:
        # gpus 2 x A100, 8.0, 80 GiB
        accelerate: {distributed_type: MULTI_GPU, num_processes: 4}
    Accepts:
        # gpus 2 x A100, 8.0, 80 GiB
        accelerate: {distributed_type: MULTI_GPU, num_processes: 2}
        ---
        # gpus 2 x A100, 8.0, 80 GiB
        accelerate: {distributed_type: MULTI_GPU, num_processes: 4, num_machines: 2}
        ---
        # gpus 2 x A100, 8.0, 80 GiB
        accelerate: {num_processes: 4, use_cpu: true}
    """
    asked, machines = recipe.accelerate.get("num_processes"), recipe.accelerate.get("num_machines", 1)
    on_gpus = recipe.accelerate.get("distributed_type") in ON_GPUS and not recipe.accelerate.get("use_cpu")
    if not on_gpus or not isinstance(asked, int) or not isinstance(machines, int) or machines < 1:
        return
    here = sum(gpu.count for gpu in facts[GPUS])
    if (started := facts.get(STARTED)) is not None and started.visible is not None:
        here = min(here, started.visible)
    if here and asked > here * machines:
        each = -(-asked // machines)
        fix = Fix(
            f"Change to {here * machines}",
            (SetValue(("accelerate", "num_processes"), str(here * machines)),),
            preferred=True,
        )
        gpus = f"{here} GPU" if here == 1 else f"{here} GPUs"
        yield more_processes_than_gpus.at(
            "accelerate", "num_processes", on="value", processes=each, gpus=gpus, fixes=(fix,)
        )


@rule(
    "TN482",
    Severity.ERROR,
    "accelerate looks for a free port by itself since 1.7; before, 0 is taken as the port",
    needs=(VERSIONS,),
)
def port_zero(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """Port 0 is asked for from an accelerate that hands it on as it is.

    Why: every process looks for the first one at port 0 and finds nobody.
    Library: torch.distributed: the processes wait for each other until the timeout.
    Flags:
        # packages accelerate 0.21.0
        accelerate: {num_processes: 2, main_process_port: 0}
    Accepts:
        # packages accelerate 1.7.0
        accelerate: {num_processes: 2, main_process_port: 0}
        ---
        # packages accelerate 0.21.0
        accelerate: {num_processes: 2, main_process_port: 29500}
    """
    asked = recipe.accelerate.get("num_processes")
    port = recipe.accelerate.get("main_process_port")
    several = isinstance(asked, int) and asked > 1
    if port == 0 and port is not False and several and before(facts[VERSIONS], "accelerate", (1, 7)):
        fix = Fix(
            "Change to 29500", (SetValue(("accelerate", "main_process_port"), "29500"),), preferred=True
        )
        yield port_zero.at("accelerate", "main_process_port", on="value", fixes=(fix,))


@rule(
    "TN224",
    Severity.ERROR,
    "{generations} generations of a prompt do not divide the {batch} of a step: possible are {possible}",
    needs=(TRAINING_ARGUMENTS, VERSIONS, WORLD_SIZE),
)
def generations_do_not_fit(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """GRPO cannot deal the generations of a prompt out evenly.

    Why: the trainer is not even built.
    Library: trl, GRPOTrainer: ValueError, The global train batch size must be evenly divisible by the number
    of generations per prompt; since 0.18 GRPOConfig: ValueError, generation_batch_size must be divisible.
    Flags:
        # launch accelerate launch --num_processes 7 grpo.py --config train.yaml
        # file grpo.py: TrlParser((GRPOConfig, ModelConfig))
        # packages transformers 4.49.0, trl 0.15.2
        per_device_train_batch_size: 1
        num_generations: 8
    Accepts:
        # launch accelerate launch --num_processes 8 grpo.py --config train.yaml
        # file grpo.py: TrlParser((GRPOConfig, ModelConfig))
        # packages transformers 4.49.0, trl 0.15.2
        per_device_train_batch_size: 1
        num_generations: 8
    """
    library, versions = facts[TRAINING_ARGUMENTS], facts[VERSIONS]
    if "num_generations" not in library.fields or before(versions, "trl", (0, 14)) is not False:
        return
    generations = number(value(recipe.train, library, "num_generations"))
    each = number(value(recipe.train, library, "per_device_train_batch_size"))
    if generations is None or each is None or generations < 2:
        return
    batch = int(each) * facts[WORLD_SIZE]
    if before(versions, "trl", (0, 17)) is False:
        # Generations are made for several steps at once.
        if "generation_batch_size" in recipe.train:
            return
        steps = number(recipe.train.get("steps_per_generation"))
        if steps is None:
            steps = number(value(recipe.train, library, "gradient_accumulation_steps"))
        if steps is None:
            return
        batch *= int(steps)
    if batch % int(generations):
        possible = [count for count in range(2, batch + 1) if batch % count == 0]
        fixes = tuple(
            Fix(f"Change to {count}", (SetValue(("train", "num_generations"), str(count)),))
            for count in possible[-1:]
        )
        yield generations_do_not_fit.at(
            "train",
            "num_generations",
            on="value",
            generations=int(generations),
            batch=batch,
            possible=", ".join(map(str, possible)) or "none: raise the batch size",
            fixes=fixes,
        )


RULES = (more_processes_than_gpus, port_zero, generations_do_not_fit)
