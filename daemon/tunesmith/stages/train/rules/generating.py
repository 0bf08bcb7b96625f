"""Rules about texts that a model writes while it is trained."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from tunesmith.core.fact import Facts
from tunesmith.core.finding import Finding, Fix, SetValue, Severity
from tunesmith.core.rule import rule
from tunesmith.facts.names import MODEL, SCRIPT_USE, TOKENIZER
from tunesmith.facts.script_use import ScriptUse

if TYPE_CHECKING:
    from tunesmith.stages.recipe import Recipe

OWN = (None, "Trainer", "Seq2SeqTrainer")
"""Trainers that leave the side of the padding as it is; those of TRL set it."""


@rule(
    "TN329",
    Severity.WARNING,
    "Padding on the right stands between a prompt and what a decoder writes after it",
    needs=(TOKENIZER, MODEL, SCRIPT_USE),
)
def generation_after_padding(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """A model without an encoder writes texts in batches, and its tokenizer pads on the right.

    Why: the model goes on from the last token, which is padding for all but the longest prompt.
    Library: silent, but for a line of the log.
    Flags:
        # launch python train.py train.yaml
        # file m/config.json: {"model_type": "llama", "architectures": ["LlamaForCausalLM"]}
        # file m/tokenizer_config.json: {"padding_side": "right", "pad_token": "<unk>"}
        # script Seq2SeqTrainer(AutoModelForCausalLM.from_pretrained(args.model_name_or_path))
        model_name_or_path: m
        predict_with_generate: true
        num_train_epochs: 1
        save_strategy: epoch
    Accepts:
        # launch python train.py train.yaml
        # file m/config.json: {"model_type": "llama", "architectures": ["LlamaForCausalLM"]}
        # file m/tokenizer_config.json: {"padding_side": "left", "pad_token": "<unk>"}
        # script Seq2SeqTrainer(AutoModelForCausalLM.from_pretrained(args.model_name_or_path))
        model_name_or_path: m
        predict_with_generate: true
        num_train_epochs: 1
        save_strategy: epoch
        ---
        # launch python train.py train.yaml
        # file m/config.json: {"model_type": "llama", "architectures": ["LlamaForCausalLM"]}
        # file m/tokenizer_config.json: {"padding_side": "right", "pad_token": "<unk>"}
        # script tokenizer.padding_side = "left"
        # script Seq2SeqTrainer(AutoModelForCausalLM.from_pretrained(args.model_name_or_path))
        model_name_or_path: m
        predict_with_generate: true
        num_train_epochs: 1
        save_strategy: epoch
    """
    use, config = facts[SCRIPT_USE], facts[MODEL].config
    written = config.get("architectures")
    decodes = isinstance(written, list) and str(written).find("ForCausalLM") >= 0
    if not decodes or config.get("is_encoder_decoder") is True or _sets_side(use) or use.trainer not in OWN:
        return
    # A prompt alone needs no padding.
    padded = any(_is_on(one) for one in use.encodings)
    told = {**recipe.args, **recipe.train}.get("predict_with_generate") is True
    writes = told or ("generate" in use.calls and padded)
    if writes and facts[TOKENIZER].padding_side == "right":
        path = ("tokenizer", "padding_side")
        fix = Fix("Change to left", (SetValue(path, '"left"'),))
        yield generation_after_padding.at(*path, on="value", fixes=(fix,))


def _sets_side(use: ScriptUse) -> bool:
    given = [one.get("padding_side") for one in use.loads.values()]
    return any(name.endswith("padding_side") for name in use.assigned) or any(given)


def _is_on(encoding: Mapping[str, str]) -> bool:
    return encoding.get("padding", "False") != "False"


RULES = (generation_after_padding,)
