"""What Axolotl refuses to see together in one file, or one without the other."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tunesmith.core.fact import Facts
from tunesmith.core.finding import Finding, Severity
from tunesmith.core.path import RecipePath
from tunesmith.core.rule import rule
from tunesmith.facts.names import DIALECT, MODEL, VERSIONS
from tunesmith.facts.release import before
from tunesmith.stages.train.rules.axolotl import AXOLOTL

if TYPE_CHECKING:
    from tunesmith.stages.recipe import Recipe

Said = Mapping[str, Any]
MOVED: Mapping[str, RecipePath] = {
    "micro_batch_size": ("train", "per_device_train_batch_size"),
    "sequence_len": ("data", "max_length"),
}
PHI = ("mixformer-sequential",)
"""Model types under which the first Phi models brought their own code."""


@dataclass(frozen=True)
class Refused:
    """`key` is where it stands when `holds`; `why` in words."""

    key: str
    why: str
    holds: Callable[[Said], object]


def together(*keys: str) -> Callable[[Said], bool]:
    return lambda said: all(said.get(key) for key in keys)


REFUSED: tuple[Refused, ...] = (
    Refused(
        "val_set_size", "test_datasets are evaluated on already", together("val_set_size", "test_datasets")
    ),
    Refused(
        "eval_table_size",
        "with sample_packing it needs eval_sample_packing: false",
        lambda said: (
            together("sample_packing", "eval_table_size")(said)
            and said.get("eval_sample_packing") is not False
        ),
    ),
    Refused(
        "batch_size",
        "gradient_accumulation_steps says it already",
        together("batch_size", "gradient_accumulation_steps"),
    ),
    Refused("warmup_ratio", "warmup_steps says it already", together("warmup_ratio", "warmup_steps")),
    Refused("saves_per_epoch", "save_steps says it already", together("saves_per_epoch", "save_steps")),
    Refused("evals_per_epoch", "eval_steps says it already", together("evals_per_epoch", "eval_steps")),
    Refused(
        "evals_per_epoch",
        "eval_strategy must be steps for it, or left out",
        lambda said: together("evals_per_epoch", "eval_strategy")(said) and said["eval_strategy"] != "steps",
    ),
    Refused(
        "val_set_size",
        "an evaluation is asked for, and 0 leaves nothing to evaluate on",
        lambda said: (
            said.get("val_set_size") == 0
            and not isinstance(said.get("val_set_size"), bool)
            and (said.get("eval_steps") or said.get("eval_strategy"))
            and not said.get("test_datasets")
            and said.get("eval_strategy") != "no"
        ),
    ),
    Refused("sample_packing", "preference training packs no samples", together("sample_packing", "rl")),
    Refused(
        "rl",
        "kto needs remove_unused_columns: false",
        lambda said: said.get("rl") == "kto" and said.get("remove_unused_columns") is not False,
    ),
    Refused(
        "pretraining_dataset",
        "it is streamed and has no length: max_steps must say how long the training is",
        lambda said: said.get("pretraining_dataset") and not said.get("max_steps"),
    ),
    Refused("fsdp", "DeepSpeed is asked for, too", together("deepspeed", "fsdp")),
    Refused(
        "chat_template",
        "jinja needs chat_template_jinja: the template itself",
        lambda said: said.get("chat_template") == "jinja" and not said.get("chat_template_jinja"),
    ),
)


def said_in(recipe: Recipe) -> Said:
    """The keys of the file by the names that Axolotl has for them."""
    train = recipe.train
    moved = {"micro_batch_size": train.get("per_device_train_batch_size")}
    return {**train, **recipe.args, **{key: value for key, value in moved.items() if value is not None}}


@rule("TN714", Severity.ERROR, "{key} cannot stand here: {why}", needs=(DIALECT,))
def axolotl_refuses_together(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """Two keys exclude each other, or one lacks another.

    Why: the file is refused before anything is loaded.
    Library: axolotl, utils/schemas/validation.py, since 0.5: ValidationError, e.g. save_steps and
    saves_per_epoch are mutually exclusive and cannot be used together.
    Flags:
        # launch axolotl train train.yaml
        base_model: m
        sequence_len: 512
        micro_batch_size: 1
        save_steps: 10
        saves_per_epoch: 2
        ---
        # launch axolotl train train.yaml
        base_model: m
        sequence_len: 512
        micro_batch_size: 1
        val_set_size: 0.0
        eval_steps: 10
        ---
        # launch axolotl train train.yaml
        base_model: m
        sequence_len: 512
        micro_batch_size: 1
        sample_packing: true
        rl: dpo
    Accepts:
        # launch axolotl train train.yaml
        base_model: m
        sequence_len: 512
        micro_batch_size: 1
        saves_per_epoch: 2
        ---
        # launch axolotl train train.yaml
        base_model: m
        sequence_len: 512
        micro_batch_size: 1
        val_set_size: 0.05
        eval_steps: 10
    """
    if facts[DIALECT] != AXOLOTL or before(facts.get(VERSIONS) or {}, "axolotl", (0, 5)):
        return
    said = said_in(recipe)
    for one in REFUSED:
        if one.holds(said):
            yield axolotl_refuses_together.at(*_path(recipe, one.key), key=one.key, why=one.why)


@rule(
    "TN715",
    Severity.WARNING,
    "An evaluation of {kind} on packed samples gives a loss of NaN: eval_sample_packing: false",
    needs=(DIALECT, MODEL, VERSIONS),
)
def evaluation_packs_samples(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """A Phi model that brings its own code is evaluated on packed samples.

    Why: evaluations are packed as the training is, unless the file says otherwise, and their loss is
    not a number for such models: Axolotl's makers added the key for that.
    Library: silent; eval_loss is nan, with axolotl before 0.4.
    Flags:
        # launch axolotl train train.yaml
        # packages axolotl 0.3.0
        # file m/config.json: {"model_type": "mixformer-sequential", "auto_map": {"AutoConfig": "a.B"}}
        base_model: m
        sequence_len: 512
        micro_batch_size: 1
        sample_packing: true
        val_set_size: 0.1
    Accepts:
        # launch axolotl train train.yaml
        # packages axolotl 0.3.0
        # file m/config.json: {"model_type": "mixformer-sequential", "auto_map": {"AutoConfig": "a.B"}}
        base_model: m
        sequence_len: 512
        micro_batch_size: 1
        sample_packing: true
        eval_sample_packing: false
        val_set_size: 0.1
        ---
        # launch axolotl train train.yaml
        # packages axolotl 0.8.0
        # file m/config.json: {"model_type": "internlm", "auto_map": {"AutoConfig": "a.B"}}
        base_model: m
        sequence_len: 512
        micro_batch_size: 1
        sample_packing: true
        val_set_size: 0.1
    """
    model, said = facts[MODEL], said_in(recipe)
    early = before(facts[VERSIONS], "axolotl", (0, 4)) is True
    evaluates = said.get("val_set_size") or said.get("test_datasets")
    packs = said.get("sample_packing") is True and said.get("eval_sample_packing") is not False
    if facts[DIALECT] == AXOLOTL and early and model.model_type in PHI and evaluates and packs:
        key = "eval_sample_packing" if "eval_sample_packing" in said else "sample_packing"
        yield evaluation_packs_samples.at(*_path(recipe, key), kind=model.model_type)


def _path(recipe: Recipe, key: str) -> RecipePath:
    return MOVED.get(key, ("train" if key in recipe.train else "args", key))


RULES = (axolotl_refuses_together, evaluation_packs_samples)
