"""Rules about what a tokenizer lacks for the collator of a script, and its model for the tokenizer."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from tunesmith.core.fact import Facts
from tunesmith.core.finding import Finding, Severity
from tunesmith.core.rule import rule
from tunesmith.facts.names import MODEL, SCRIPT_USE, TOKENIZER
from tunesmith.facts.script_use import ScriptUse
from tunesmith.stages.train.rules.written import number

if TYPE_CHECKING:
    from tunesmith.stages.recipe import Recipe

COLLATOR = "DataCollatorForLanguageModeling"
WITHOUT_MASK = frozenset(
    (
        "CodeGenTokenizer",
        "CodeLlamaTokenizer",
        "GPT2Tokenizer",
        "GPTNeoXTokenizer",
        "LlamaTokenizer",
        "PreTrainedTokenizer",
        "Qwen2Tokenizer",
    )
)
"""Tokenizers whose class has no mask of its own."""
FULL = frozenset(
    (("gpt2", 50257), ("llama", 32000), ("llama", 128256), ("mistral", 32000), ("mistral", 32768))
)
"""Models whose tokenizers have as many tokens as there are embeddings."""
MAKES_ROOM = frozenset(("clone_chat_template", "resize_token_embeddings", "setup_chat_format"))
TOKEN = re.compile(r"\[\w+\]|<\|?\w+\|?>")


@rule(
    "TN326",
    Severity.ERROR,
    "The collator masks words to be guessed, and the tokenizer has no mask: mlm=False is for language models",
    needs=(TOKENIZER, SCRIPT_USE),
)
def nothing_to_mask_with(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """The collator of masked language models is given a tokenizer that has no mask.

    Why: it masks where nothing is said; models that write texts learn without masks.
    Library: transformers, DataCollatorForLanguageModeling: ValueError, This tokenizer does not have a mask
    token which is necessary for masked language modeling.
    Flags:
        # launch python train.py train.yaml
        # file m/tokenizer_config.json: {"tokenizer_class": "LlamaTokenizer", "eos_token": "</s>"}
        # script Trainer(model, data_collator=DataCollatorForLanguageModeling(tokenizer))
        model_name_or_path: m
        num_train_epochs: 1
        save_strategy: epoch
    Accepts:
        # launch python train.py train.yaml
        # file m/tokenizer_config.json: {"tokenizer_class": "LlamaTokenizer", "eos_token": "</s>"}
        # script Trainer(model, data_collator=DataCollatorForLanguageModeling(tokenizer, mlm=False))
        model_name_or_path: m
        num_train_epochs: 1
        save_strategy: epoch
        ---
        # launch python train.py train.yaml
        # file m/tokenizer_config.json: {"tokenizer_class": "LlamaTokenizer", "eos_token": "</s>"}
        # script Trainer(model, data_collator=DataCollatorForLanguageModeling(tokenizer, False))
        model_name_or_path: m
        num_train_epochs: 1
        save_strategy: epoch
    """
    tokenizer, use = facts[TOKENIZER], facts[SCRIPT_USE]
    kind = (tokenizer.tokenizer_class or "").removesuffix("Fast")
    absent = tokenizer.special is not None and not tokenizer.special.get("mask_token")
    adds = any(name.endswith("mask_token") for name in use.assigned) or "add_special_tokens" in use.calls
    if absent and kind in WITHOUT_MASK and not adds and use.trainer and _masks(use):
        yield nothing_to_mask_with.at("model", "name_or_path")


@rule(
    "TN327",
    Severity.WARNING,
    "{script} adds tokens, and nothing makes room for them among the {found} embeddings of the model",
    needs=(TOKENIZER, MODEL, SCRIPT_USE),
)
def no_room_for_new_tokens(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """A script adds tokens to the tokenizer of a model that has embeddings for the old ones alone.

    Why: the first new token, and the one for padding comes soon, is looked up behind their end:
    call model.resize_token_embeddings(len(tokenizer)).
    Library: silent until such a token comes; torch: IndexError, index out of range in self, or CUDA error:
    device-side assert triggered.
    Flags:
        # launch python train.py train.yaml
        # file m/config.json: {"model_type": "llama", "vocab_size": 32000}
        # file m/tokenizer_config.json: {"tokenizer_class": "LlamaTokenizer", "eos_token": "</s>"}
        # script tokenizer.add_special_tokens({"pad_token": "[PAD]"})
        # script Trainer(AutoModelForCausalLM.from_pretrained(args.model_name_or_path))
        model_name_or_path: m
        num_train_epochs: 1
        save_strategy: epoch
    Accepts:
        # launch python train.py train.yaml
        # file m/config.json: {"model_type": "llama", "vocab_size": 32000}
        # file m/tokenizer_config.json: {"tokenizer_class": "LlamaTokenizer", "eos_token": "</s>"}
        # script tokenizer.add_special_tokens({"pad_token": "[PAD]"})
        # script model.resize_token_embeddings(len(tokenizer))
        # script Trainer(AutoModelForCausalLM.from_pretrained(args.model_name_or_path))
        model_name_or_path: m
        num_train_epochs: 1
        save_strategy: epoch
        ---
        # launch python train.py train.yaml
        # file m/config.json: {"model_type": "llama", "vocab_size": 32000}
        # file m/tokenizer_config.json: {"tokenizer_class": "LlamaTokenizer", "unk_token": "<unk>"}
        # script tokenizer.add_special_tokens({"pad_token": "<unk>"})
        # script Trainer(AutoModelForCausalLM.from_pretrained(args.model_name_or_path))
        model_name_or_path: m
        num_train_epochs: 1
        save_strategy: epoch
    """
    use, config = facts[SCRIPT_USE], facts[MODEL].config
    found = number(config.get("vocab_size"))
    known = {text for text in (facts[TOKENIZER].special or {}).values() if text}
    new = {text for text in use.texts if TOKEN.fullmatch(text)} - known
    adds = bool({"add_special_tokens", "add_tokens"} & use.calls) and not MAKES_ROOM & (use.calls | use.names)
    loads = (use.model_class or "").startswith("AutoModelFor")
    if adds and new and use.trainer and loads and (facts[MODEL].model_type, found) in FULL:
        yield no_room_for_new_tokens.at("model", "name_or_path", script=recipe.script, found=int(found or 0))


def _masks(use: ScriptUse) -> bool:
    """Whether the collator is made so that it masks: of more words without names nothing is known."""
    given = use.given.get("data_collator", "")
    if COLLATOR in given:
        return re.fullmatch(rf"(?:\w+\.)*{COLLATOR}\((?:tokenizer=)?[\w.]*tokenizer\)", given) is not None
    made = use.made.get(COLLATOR, {})
    return bool(given) and "tokenizer" in made and made.get("mlm", "True") == "True" and "0" not in made


RULES = (nothing_to_mask_with, no_room_for_new_tokens)
