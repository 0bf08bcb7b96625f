"""Rules about models that transformers cuts into parts when it loads them: `model.distributed_config`."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from tunesmith.core.fact import Facts
from tunesmith.core.finding import Finding, Fix, RemoveKey, RenameKey, SetValue, Severity
from tunesmith.core.nearest import nearest
from tunesmith.core.rule import rule
from tunesmith.facts.names import DISTRIBUTED_CONFIG
from tunesmith.stages.train.rules.installed import free
from tunesmith.stages.train.sharding import NOT_TRAINED, SIZES, unfit

if TYPE_CHECKING:
    from tunesmith.stages.recipe import Recipe

HERE = ("model", "distributed_config")


@rule("TN406", Severity.ERROR, "{library} has no {key}{hint}", needs=(DISTRIBUTED_CONFIG,))
def unknown_key_of_distributed_config(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """A key of `model.distributed_config` is not a field of the installed DistributedConfig.

    Why: the model is not loaded.
    Library: transformers, DistributedConfig.__init__: TypeError, got an unexpected keyword argument.
    Flags:
        model: {distributed_config: {tp_sise: 2}}
    Accepts:
        model: {distributed_config: {tp_size: 2, tp_plan: auto}}
    """
    library = facts[DISTRIBUTED_CONFIG]
    written = _distributed(recipe)
    for key in written:
        if key not in library.fields:
            near = nearest(key, free(written, library))
            remove = Fix(f"Remove {key}", (RemoveKey((*HERE, key)),))
            rename = Fix(f"Change to {near}", (RenameKey((*HERE, key), near or ""),), preferred=True)
            yield unknown_key_of_distributed_config.at(
                *HERE,
                key,
                key=key,
                library=library.title,
                hint=f"; did you mean {near}?" if near else "",
                fixes=(rename, remove) if near else (remove,),
            )


@rule("TN407", Severity.ERROR, "The model is cut into {parts}, and num_processes is {ranks}")
def parts_are_not_ranks(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """The sizes in `model.distributed_config` do not multiply to the number of ranks.

    Why: each rank holds one part.
    Library: transformers: RuntimeError, The parallel mesh requires 4 processes, but world_size is 2.
    Flags:
        model: {distributed_config: {tp_size: 4}}
        accelerate: {num_processes: 2}
        ---
        model: {distributed_config: {tp_size: 2}}
    Accepts:
        model: {distributed_config: {tp_size: 2}}
        accelerate: {num_processes: 2}
        ---
        model: {distributed_config: {tp_plan: auto}}
        accelerate: {num_processes: 2}
    """
    written = _distributed(recipe)
    if not written or (written.get("tp_size") is None and written.get("tp_plan") is not None):
        return
    sizes = [written.get(key) or 1 for key in SIZES if key != "ep_size"]
    ranks = recipe.accelerate.get("num_processes", 1)
    if not all(isinstance(each, int) for each in (ranks, *sizes)) or math.prod(sizes) == ranks:
        return
    parts = math.prod(sizes)
    fix = Fix(f"Set num_processes: {parts}", (SetValue(("accelerate", "num_processes"), str(parts)),))
    path = (*HERE, "tp_size") if "tp_size" in written else HERE
    yield parts_are_not_ranks.at(*path, parts=parts, ranks=ranks, fixes=(fix,))


@rule("TN408", Severity.ERROR, "{key} cannot be trained with here: {instead}")
def parts_that_do_not_train(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """`model.distributed_config` cuts the model in a way that the built-in training does not train.

    Why: the run would hold, or save, another model than the one that is meant.
    Library: transformers loads it; the run ends before its first step: ValueError, … cannot be trained with
    here.
    Flags:
        model: {distributed_config: {fsdp_size: 2}}
        accelerate: {num_processes: 2}
        ---
        model: {distributed_config: {pp_size: 2}}
        accelerate: {num_processes: 2}
    Accepts:
        model: {distributed_config: {tp_size: 2, fsdp_size: 1}}
        accelerate: {num_processes: 2}
    """
    for key, value in _distributed(recipe).items():
        if key in NOT_TRAINED and isinstance(value, int) and value > 1:
            yield parts_that_do_not_train.at(*HERE, key, key=key, instead=NOT_TRAINED[key])


@rule("TN409", Severity.ERROR, "{key} does not go with model.distributed_config")
def not_with_a_model_in_parts(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """A model that is loaded in parts is asked for together with what needs it whole.

    Why: accelerate cannot cut the model a second time; an adapter and the best checkpoint cannot be put into
    parts.
    Library: accelerate: ValueError, FSDP is enabled but the parallelism config has no dimension for FSDP;
    torch: RuntimeError, got mixed torch.Tensor and DTensor.
    Flags:
        model: {distributed_config: {tp_size: 2}}
        accelerate: {num_processes: 2, distributed_type: FSDP, fsdp_config: {fsdp_version: 2}}
        ---
        model: {distributed_config: {tp_size: 2}}
        peft: {peft_type: LORA}
        accelerate: {num_processes: 2}
        ---
        model: {distributed_config: {tp_size: 2}}
        train: {load_best_model_at_end: true}
        accelerate: {num_processes: 2}
    Accepts:
        model: {distributed_config: {tp_size: 2}}
        train: {load_best_model_at_end: false}
        accelerate: {num_processes: 2}
        ---
        peft: {peft_type: LORA}
        train: {load_best_model_at_end: true}
    """
    for path in unfit(_distributed(recipe), recipe.train, recipe.accelerate, recipe.peft):
        yield not_with_a_model_in_parts.at(*path, key=".".join(path))


@rule("TN416", Severity.WARNING, "Without averaging, {key}: false multiplies the loss by the number of parts")
def loss_counted_by_every_part(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """`average_tokens_across_devices` is turned off for a model that is cut into parts when it is loaded.

    Why: Trainer divides the tokens of a batch by the ranks that share it, though it counted them once: loss
    and gradients are as many times too large.
    Library: silent.
    Flags:
        model: {distributed_config: {tp_size: 2}}
        train: {average_tokens_across_devices: false}
        accelerate: {num_processes: 2}
    Accepts:
        model: {distributed_config: {tp_size: 2}}
        accelerate: {num_processes: 2}
        ---
        train: {average_tokens_across_devices: false}
        accelerate: {num_processes: 2}
    """
    key = "average_tokens_across_devices"
    if _distributed(recipe) and recipe.train.get(key) is False:
        fix = Fix(f"Remove {key}", (RemoveKey(("train", key)),), preferred=True)
        yield loss_counted_by_every_part.at("train", key, key=key, fixes=(fix,))


RULES = (
    unknown_key_of_distributed_config,
    parts_are_not_ranks,
    parts_that_do_not_train,
    not_with_a_model_in_parts,
    loss_counted_by_every_part,
)


def _distributed(recipe: Recipe) -> Mapping[str, Any]:
    return recipe.model.distributed_config if recipe.model is not None else {}
