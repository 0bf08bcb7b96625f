"""Rules about FSDP: what is launched for it, and where it shards."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from tunesmith.core.fact import Facts
from tunesmith.core.finding import Finding, Fix, SetValue, Severity
from tunesmith.core.rule import rule
from tunesmith.facts.names import HAS_ACCELERATOR
from tunesmith.stages.train.sharding import fsdp

if TYPE_CHECKING:
    from tunesmith.stages.recipe import Recipe


@rule("TN401", Severity.ERROR, "FSDP 1 shards nothing on a CPU: every rank would hold the whole model")
def sharding_on_cpu(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """FSDP of version 1 is asked for together with the CPU.

    Why: only version 2 shards there. `accelerate` takes version 1 where nothing else is written.
    Library: accelerate runs plain data-parallel ranks without a word; the run ends before its first step:
    RuntimeError, accelerate.distributed_type asks for FSDP, and rank 0 got all … parameters.
    Flags:
        accelerate: {use_cpu: true, num_processes: 2, distributed_type: FSDP}
        ---
        train: {use_cpu: true}
        accelerate: {num_processes: 2, distributed_type: FSDP, fsdp_config: {fsdp_version: 1}}
        ---
        train: {fsdp: true, fsdp_config: {version: 1}}
        accelerate: {use_cpu: true, num_processes: 2}
    Accepts:
        accelerate: {use_cpu: true, num_processes: 2, distributed_type: FSDP, fsdp_config: {fsdp_version: 2}}
        ---
        train: {fsdp: true}
        accelerate: {use_cpu: true, num_processes: 2}
        ---
        train: {use_cpu: true}
    """
    found = fsdp(recipe.train, recipe.accelerate)
    told = recipe.train.get("use_cpu") is True or recipe.accelerate.get("use_cpu") is True
    if found is not None and found.version == 1 and (told or facts.get(HAS_ACCELERATOR) is False):
        config = (*found.path[:-1], "fsdp_config")
        key = "version" if found.path[0] == "train" else "fsdp_version"
        written = getattr(recipe, found.path[0]).get("fsdp_config")
        edit = (
            SetValue((*config, key), "2")
            if isinstance(written, Mapping) and written
            else SetValue(config, f"{{{key}: 2}}")
        )
        yield sharding_on_cpu.at(*found.path, fixes=(Fix("Take FSDP 2", (edit,), preferred=True),))


@rule("TN405", Severity.ERROR, "fsdp_config has no effect without distributed_type: FSDP")
def sharding_not_launched(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """`accelerate.fsdp_config` is written, and nothing launches FSDP.

    Why: every rank would hold the whole model, as without it.
    Library: accelerate launches plain data-parallel ranks without a word; the run ends before its first step:
    RuntimeError, accelerate.fsdp_config asks for FSDP, and rank 0 got all … parameters.
    Flags:
        accelerate: {num_processes: 2, fsdp_config: {fsdp_version: 2}}
        ---
        accelerate: {num_processes: 2, distributed_type: MULTI_GPU, fsdp_config: {fsdp_version: 2}}
    Accepts:
        accelerate: {num_processes: 2, distributed_type: FSDP, fsdp_config: {fsdp_version: 2}}
        ---
        accelerate: {num_processes: 2, fsdp_config: {}}
        ---
        train: {fsdp: true}
        accelerate: {num_processes: 2, fsdp_config: {fsdp_version: 2}}
    """
    found = fsdp(recipe.train, recipe.accelerate)
    if found is not None and found.path == ("accelerate", "fsdp_config"):
        edit = SetValue(("accelerate", "distributed_type"), "FSDP")
        fix = Fix("Add distributed_type: FSDP", (edit,), preferred=True)
        yield sharding_not_launched.at(*found.path, fixes=(fix,))


@rule("TN417", Severity.ERROR, "fsdp needs several processes, and num_processes is {ranks}")
def sharding_alone(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """`train.fsdp` is asked for in one process.

    Why: there is nobody to share the parameters with.
    Library: transformers, Trainer.__init__: ValueError, Using fsdp only works in distributed training.
    Flags:
        train: {fsdp: true}
        accelerate: {num_processes: 1}
    Accepts:
        train: {fsdp: true}
        accelerate: {num_processes: 2}
        ---
        train: {fsdp: ""}
    """
    ranks = recipe.accelerate.get("num_processes", 1)
    if recipe.train.get("fsdp") and ranks == 1:
        yield sharding_alone.at("train", "fsdp", ranks=ranks)


RULES = (sharding_on_cpu, sharding_not_launched, sharding_alone)
