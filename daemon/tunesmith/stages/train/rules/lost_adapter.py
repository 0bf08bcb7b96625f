"""Rules about adapters that the Trainer does not see on quantized weights."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from tunesmith.core.fact import Facts
from tunesmith.core.finding import Finding, Severity
from tunesmith.core.rule import rule
from tunesmith.facts.names import SCRIPT_USE, VERSIONS
from tunesmith.facts.release import before

if TYPE_CHECKING:
    from tunesmith.stages.recipe import Recipe

ADAPTERS = frozenset(
    (
        "AdaLora",
        "Adamss",
        "AdaptionPrompt",
        "Arrow",
        "BOFT",
        "BdLora",
        "Beft",
        "Bone",
        "C3A",
        "CPT",
        "Cartridge",
        "Corda",
        "Deft",
        "Delora",
        "Eva",
        "FourierFT",
        "Frod",
        "Glora",
        "Gralora",
        "HRA",
        "Hira",
        "IA3",
        "Kasa",
        "LNTuning",
        "Lily",
        "LoHa",
        "LoKr",
        "LoftQ",
        "Lora",
        "LoraGA",
        "LoraRuntime",
        "Miss",
        "Monteclora",
        "MultitaskPromptTuning",
        "OFT",
        "OSF",
        "Peanut",
        "Peft",
        "Poly",
        "PrefixTuning",
        "PromptEncoder",
        "PromptLearning",
        "PromptTuning",
        "Psoft",
        "Pvera",
        "RandLora",
        "Road",
        "Shadow",
        "Shira",
        "Supertuning",
        "TinyLora",
        "TrainableTokens",
        "UniLora",
        "VBLoRA",
        "Velora",
        "Vera",
        "WaveFT",
        "XLora",
    )
)
"""Adapters of which peft had a config in any release: `LoraConfig`, …."""


def quantized_key(recipe: Recipe) -> str | None:
    """What asks for quantized weights."""
    load = recipe.model.load if recipe.model else {}
    return next((key for key in ("load_in_4bit", "load_in_8bit") if load.get(key) is True), None)


@rule(
    "TN661",
    Severity.ERROR,
    "The weights are loaded in {bits} bits, and {script} merges the adapter into them before it trains",
    needs=(SCRIPT_USE,),
)
def merged_before_training(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """The adapter of a quantized model is merged into it before the trainer is made.

    Why: what is left is the rounded weights, which have no gradients. Merging belongs behind the training.
    Library: transformers, Trainer: ValueError, You cannot perform fine-tuning on purely quantized models.
    Flags:
        # launch python train.py train.yaml
        # script model = get_peft_model(m, LoraConfig(r=8))
        # script model = model.merge_and_unload()
        # script Trainer(model)
        load_in_4bit: true
        num_train_epochs: 1
        save_strategy: epoch
    Accepts:
        # launch python train.py train.yaml
        # script model = get_peft_model(m, LoraConfig(r=8))
        # script Trainer(model).train()
        # script model = model.merge_and_unload()
        load_in_4bit: true
        num_train_epochs: 1
        save_strategy: epoch
    """
    use, key = facts[SCRIPT_USE], quantized_key(recipe)
    if key and use.trainer and "merge_and_unload" in use.before_trainer:
        yield merged_before_training.at("model", "load", key, bits=key[8], script=recipe.script)


@rule(
    "TN662",
    Severity.ERROR,
    "The Trainer does not know the adapter of {names}: to it the weights in {bits} bits are all there is",
    needs=(SCRIPT_USE, VERSIONS),
)
def adapter_of_another_peft(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """Quantized weights get an adapter from a copy of peft that the script brings itself.

    Why: the Trainer asks whether the model is one of the peft that is installed. A copy with adapters of its
    own is another library.
    Library: transformers since 4.34, Trainer: ValueError, You cannot perform fine-tuning on purely quantized
    models.
    Flags:
        # launch python train.py train.yaml
        # packages transformers 4.36.2
        # script import sys; sys.path.insert(0, "peft/src")
        # script from peft import BottleneckConfig, get_peft_model
        # script Trainer(get_peft_model(m, BottleneckConfig()))
        load_in_8bit: true
        num_train_epochs: 1
        save_strategy: epoch
    Accepts:
        # launch python train.py train.yaml
        # packages transformers 4.36.2
        # script import sys; sys.path.insert(0, "src")
        # script from peft import LoraConfig, get_peft_model
        # script Trainer(get_peft_model(m, LoraConfig()))
        load_in_8bit: true
        num_train_epochs: 1
        save_strategy: epoch
    """
    use, key = facts[SCRIPT_USE], quantized_key(recipe)
    made = [name for name in use.borrowed & use.calls if name.endswith("Config")]
    own = sorted(name for name in made if name.removesuffix("Config") not in ADAPTERS)
    asks = before(facts[VERSIONS], "transformers", (4, 34)) is False
    if key and own and asks and use.trainer in ("Trainer", "Seq2SeqTrainer") and use.lora is None:
        yield adapter_of_another_peft.at("model", "load", key, bits=key[8], names=", ".join(own))


RULES = (merged_before_training, adapter_of_another_peft)
