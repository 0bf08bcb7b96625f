"""Rules about `deepspeed:`, a DeepSpeed config in a file or in the recipe."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, cast

from tunesmith.core.fact import Facts
from tunesmith.core.finding import Finding, Fix, RemoveKey, SetValue, Severity
from tunesmith.core.path import RecipePath
from tunesmith.core.rule import rule
from tunesmith.facts.names import DEEPSPEED_FILE, DIALECT, HAS_ACCELERATOR, SCRIPT_USE, VERSIONS

if TYPE_CHECKING:
    from tunesmith.stages.recipe import Recipe

COMPILED = ("adam", "adamw", "adagrad", "lion", "lamb", "fusedadam", "cpuadam", "muon")
"""Optimizers for which DeepSpeed brings C++ or CUDA, by their names in lower case."""
GATHERS = "stage3_gather_16bit_weights_on_model_save"
SAVES = "zero3_save_16bit_model"
"""What accelerate calls the same in its own config."""


@rule("TN421", Severity.ERROR, "{file} {trouble}", needs=(DEEPSPEED_FILE,))
def deepspeed_file_unreadable(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """The DeepSpeed config file is not there, or is not JSON.

    Why: the Trainer is not even built; the run ends when its arguments are read.
    Library: accelerate, HfDeepSpeedConfig: ValueError, Expected a string path to an existing deepspeed
    config.
    Flags:
        deepspeed: missing.json
        ---
        # file ds.json: {"zero_optimization": {"stage": 2},}
        deepspeed: ds.json
        ---
        # file ds.json: [2]
        deepspeed: ds.json
    Accepts:
        # file ds.json: {"zero_optimization": {"stage": 2}}
        deepspeed: ds.json
    """
    found = facts[DEEPSPEED_FILE]
    if found is not None and found.trouble is not None:
        yield deepspeed_file_unreadable.at(
            "deepspeed", on="value", file=recipe.deepspeed, trouble=found.trouble
        )


@rule("TN422", Severity.ERROR, "deepspeed and {other} both partition the model: remove one of them")
def deepspeed_beside_another_way(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """DeepSpeed is asked for together with FSDP.

    Why: only one of them can hold the optimizer's state.
    Library: transformers, Trainer: ValueError, Using --fsdp xxx together with --deepspeed is not possible.
    Flags:
        deepspeed: {zero_optimization: {stage: 2}}
        train: {fsdp: full_shard}
        accelerate: {num_processes: 2}
        ---
        deepspeed: {zero_optimization: {stage: 2}}
        accelerate: {num_processes: 2, distributed_type: FSDP}
    Accepts:
        deepspeed: {zero_optimization: {stage: 2}}
        accelerate: {num_processes: 2}
    """
    if not recipe.deepspeed:
        return
    for path, asks in (
        (("train", "fsdp"), bool(recipe.train.get("fsdp"))),
        (("accelerate", "distributed_type"), recipe.accelerate.get("distributed_type") == "FSDP"),
    ):
        if asks:
            fixes = tuple(
                Fix(f"Remove {'.'.join(each)}", (RemoveKey(each),)) for each in (path, ("deepspeed",))
            )
            yield deepspeed_beside_another_way.at("deepspeed", other=".".join(path), fixes=fixes)


@rule(
    "TN423",
    Severity.ERROR,
    "The training interpreter has no DeepSpeed. Install it there: {command}",
    needs=(VERSIONS,),
)
def deepspeed_not_installed(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """The training interpreter does not hold the package deepspeed.

    Why: it is built from source against the torch that is installed: pip must not build it apart from that.
    Library: transformers, TrainingArguments: PackageNotFoundError, The 'deepspeed' distribution was not found
    and is required by this application.
    Flags:
        # installed torch 2.13.0, accelerate 1.15.0, transformers 5.23.0, datasets 5.2.0
        deepspeed: {zero_optimization: {stage: 2}}
    Accepts:
        # installed torch 2.13.0, accelerate 1.15.0, transformers 5.23.0, datasets 5.2.0, deepspeed 0.19.8
        deepspeed: {zero_optimization: {stage: 2}}
    """
    if recipe.deepspeed and "deepspeed" not in facts[VERSIONS]:
        command = "DS_BUILD_OPS=0 python -m pip install --no-build-isolation deepspeed"
        yield deepspeed_not_installed.at("deepspeed", command=command)


@rule("TN424", Severity.ERROR, "deepspeed partitions among several ranks, and accelerate starts {ranks}")
def deepspeed_on_one_rank(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """DeepSpeed is asked for in a training of one process.

    Why: there is nobody to share the optimizer's state with.
    Library: tunesmith, before the Trainer is built: RuntimeError, deepspeed is asked for and accelerate made
    a world without it. It takes at least two ranks.
    Flags:
        deepspeed: {zero_optimization: {stage: 2}}
        ---
        deepspeed: {zero_optimization: {stage: 2}}
        accelerate: {num_processes: 1}
    Accepts:
        deepspeed: {zero_optimization: {stage: 2}}
        accelerate: {num_processes: 2}
    """
    ranks = recipe.accelerate.get("num_processes", 1)
    if recipe.deepspeed and ranks == 1:
        path = ("accelerate", "num_processes")
        fix = Fix("Train with two processes", (SetValue(path, "2"),), preferred=True)
        yield deepspeed_on_one_rank.at("deepspeed", ranks="one", fixes=(fix,))


@rule(
    "TN425",
    Severity.WARNING,
    "DeepSpeed compiles its {optimizer} for a CPU when the run starts: without a C++ compiler it ends there",
)
def optimizer_to_compile(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """The DeepSpeed config asks for an optimizer of DeepSpeed's on a machine without an accelerator.

    Why: without `optimizer` there the Trainer's own is partitioned, and with `torch_adam: true` torch's:
    neither has to be compiled.
    Library: silent.
    Flags:
        # machine without an accelerator
        deepspeed: {optimizer: {type: AdamW, params: {lr: auto}}, zero_optimization: {stage: 2}}
        accelerate: {num_processes: 2}
        ---
        # file ds.json: {"optimizer": {"type": "Adam", "params": {}}}
        deepspeed: ds.json
        train: {use_cpu: true}
        accelerate: {num_processes: 2}
    Accepts:
        # machine without an accelerator
        deepspeed: {optimizer: {type: AdamW, params: {torch_adam: true}}, zero_optimization: {stage: 2}}
        accelerate: {num_processes: 2}
        ---
        # machine with an accelerator
        deepspeed: {optimizer: {type: AdamW}, zero_optimization: {stage: 2}}
        accelerate: {num_processes: 2}
    """
    on_cpu = facts.get(HAS_ACCELERATOR) is False or recipe.train.get("use_cpu") is True
    optimizer = _mapping(deepspeed_config(recipe, facts).get("optimizer"))
    kind = optimizer.get("type")
    if not on_cpu or not isinstance(kind, str) or kind.lower() not in COMPILED:
        return
    if _mapping(optimizer.get("params")).get("torch_adam") is not True:
        inline = isinstance(recipe.deepspeed, Mapping)
        path = ("deepspeed", "optimizer", "type") if inline else ("deepspeed",)
        yield optimizer_to_compile.at(*path, on="value", optimizer=kind)


@rule(
    "TN426",
    Severity.WARNING,
    "Under ZeRO-3 the model is saved without weights, unless {key} is true",
)
def zero3_saves_no_weights(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """ZeRO of stage 3 is asked for without gathering the weights when the model is saved.

    Why: each rank writes its part of them in a form of DeepSpeed's own, which `from_pretrained` cannot load.
    Library: silent.
    Flags:
        deepspeed: {zero_optimization: {stage: 3}}
        accelerate: {num_processes: 2}
        ---
        # file ds.json: {"zero_optimization": {"stage": 3}}
        deepspeed: ds.json
        accelerate: {num_processes: 2}
        ---
        accelerate: {distributed_type: DEEPSPEED, deepspeed_config: {zero_stage: 3}}
    Accepts:
        deepspeed: {zero_optimization: {stage: 3, stage3_gather_16bit_weights_on_model_save: true}}
        accelerate: {num_processes: 2}
        ---
        deepspeed: {zero_optimization: {stage: 2}}
        accelerate: {num_processes: 2}
    """
    if not _saves(recipe, facts):
        return
    own = _mapping(recipe.accelerate.get("deepspeed_config"))
    zero = _mapping(deepspeed_config(recipe, facts).get("zero_optimization"))
    if not zero and own.get("zero_stage") == 3 and own.get(SAVES) in (False, None, "false"):
        key = SAVES if SAVES in own else "zero_stage"
        at: RecipePath = ("accelerate", "deepspeed_config", SAVES)
        fixes = (Fix(f"Set {SAVES} to true", (SetValue(at, "true"),), preferred=True),)
        yield zero3_saves_no_weights.at("accelerate", "deepspeed_config", key, key=SAVES, fixes=fixes)
    gathers = any(zero.get(key) is True for key in (GATHERS, GATHERS.replace("16bit", "fp16")))
    if zero.get("stage") != 3 or gathers:
        return
    inline = isinstance(recipe.deepspeed, Mapping)
    path = ("deepspeed", "zero_optimization") if inline else ("deepspeed",)
    fix = Fix(f"Add {GATHERS}: true", (SetValue((*path, GATHERS), "true"),), preferred=True)
    yield zero3_saves_no_weights.at(*path, key=GATHERS, fixes=(fix,) if inline else ())


def _saves(recipe: Recipe, facts: Facts) -> bool:
    """Whether the model is saved: recipes and the Trainer always do it, other scripts where they say so."""
    use = facts.get(SCRIPT_USE)
    if facts.get(DIALECT) is None or recipe.train:
        return True
    return use is not None and bool({"save_pretrained", "save_model"} & use.calls)


def deepspeed_config(recipe: Recipe, facts: Facts) -> Mapping[str, object]:
    """What DeepSpeed is told, wherever it stands; empty where that is not known."""
    if isinstance(recipe.deepspeed, Mapping):
        return recipe.deepspeed
    found = facts.get(DEEPSPEED_FILE)
    if found is not None:
        return found.config
    # Asked for, so that a config which only a run can name does not pass for none.
    recipe.train.get("deepspeed")
    return {}


def config_value(values: Mapping[str, Any], path: RecipePath) -> Any:
    """What stands at a path of a DeepSpeed config; None where nothing does."""
    here: Any = values
    for step in path:
        if not isinstance(here, Mapping):
            return None
        here = cast(Mapping[str, Any], here).get(str(step))
    return here


def _mapping(value: object) -> Mapping[str, object]:
    return cast("Mapping[str, object]", value) if isinstance(value, Mapping) else {}


TRAINING = (zero3_saves_no_weights,)
RULES = (
    deepspeed_file_unreadable,
    deepspeed_beside_another_way,
    deepspeed_not_installed,
    deepspeed_on_one_rank,
    optimizer_to_compile,
)
