"""What Axolotl refuses to see together in one file, or one without the other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from tunesmith.core.fact import Facts
from tunesmith.core.finding import Finding, Severity
from tunesmith.core.path import RecipePath
from tunesmith.core.rule import rule
from tunesmith.facts.names import DIALECT, MODEL, VERSIONS
from tunesmith.facts.release import before
from tunesmith.stages.train.rules.axolotl import AXOLOTL
from tunesmith.stages.train.rules.axolotl_refusals import FIRST, REFUSED, Said

if TYPE_CHECKING:
    from tunesmith.stages.recipe import Recipe

MOVED: Mapping[str, RecipePath] = {
    "load_in_4bit": ("model", "load", "load_in_4bit"),
    "load_in_8bit": ("model", "load", "load_in_8bit"),
    "datasets": ("args", "datasets"),
    "micro_batch_size": ("train", "per_device_train_batch_size"),
    "sequence_len": ("data", "max_length"),
}
PHI = ("mixformer-sequential",)
"""Model types under which the first Phi models brought their own code."""


def said_in(recipe: Recipe) -> Said:
    """The keys of the file by the names that Axolotl has for them."""
    train, load = recipe.train, recipe.model.load if recipe.model else {}
    moved = {"micro_batch_size": train.get("per_device_train_batch_size")}
    moved |= {key: load.get(key) for key in ("load_in_4bit", "load_in_8bit")}
    return {**train, **recipe.args, **{key: value for key, value in moved.items() if value is not None}}


@rule("TN714", Severity.ERROR, "{key}: {why}", needs=(DIALECT,))
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
        ---
        # launch axolotl train train.yaml
        base_model: m
        sequence_len: 512
        micro_batch_size: 1
        adapter: qlora
        load_in_8bit: true
        ---
        # launch axolotl train train.yaml
        # packages axolotl 0.8.0
        base_model: m
        sequence_len: 512
        micro_batch_size: 1
        gradient_accumulation_steps: 1
        datasets: [{path: d, type: sharegpt}]
    Accepts:
        # launch axolotl train train.yaml
        base_model: m
        sequence_len: 512
        micro_batch_size: 1
        saves_per_epoch: 2
        ---
        # launch axolotl train train.yaml
        # packages axolotl 0.8.0
        base_model: m
        sequence_len: 512
        micro_batch_size: 1
        gradient_accumulation_steps: 1
        adapter: qlora
        load_in_4bit: true
        datasets: [{path: d, type: alpaca}]
        ---
        # launch axolotl train train.yaml
        base_model: m
        sequence_len: 512
        micro_batch_size: 1
        val_set_size: 0.05
        eval_steps: 10
    """
    versions = facts.get(VERSIONS) or {}
    if facts[DIALECT] != AXOLOTL or before(versions, "axolotl", (0, 5)):
        return
    said = said_in(recipe)
    for one in REFUSED:
        known = one.since == FIRST or before(versions, "axolotl", one.since) is False
        if known and one.key in said and one.holds(said):
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
