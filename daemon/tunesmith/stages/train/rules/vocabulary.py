"""The tokens of a tokenizer beside the model's, and the names of layers where a list belongs."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from tunesmith.core.fact import Facts
from tunesmith.core.finding import Finding, Fix, SetValue, Severity
from tunesmith.core.rule import rule
from tunesmith.facts.names import MODEL, SCRIPT_USE, TOKENIZER, TRAINING_ARGUMENTS
from tunesmith.stages.train.rules.written import number

if TYPE_CHECKING:
    from tunesmith.stages.recipe import Recipe

NAME = re.compile(r"\w+(?:\s*,\s*\w+)*")
ARGUMENT = re.compile(r"\w+\.\w+")
TOP = frozenset(("classifier", "embed_out", "lm_head", "output", "qa_outputs", "score"))
"""Layers whose whole name that is."""


@rule(
    "TN328",
    Severity.WARNING,
    "The tokenizer has {size} tokens and the model {found}: later tokens end the run",
    needs=(TOKENIZER, MODEL),
)
def more_tokens_than_embeddings(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """The tokenizer has tokens that the model has no embeddings for, and nothing makes room for them.

    Why: the first such token, which padding may well be, is looked up behind the end of the embeddings.
    Library: silent until such a token comes; torch: IndexError, index out of range in self, or CUDA error:
    device-side assert triggered.
    Flags:
        # launch python train.py train.yaml
        # file m/config.json: {"model_type": "llama", "vocab_size": 32000}
        # file m/tokenizer_config.json: {"added_tokens_decoder": {"32000": {"content": "[PAD]"}}}
        # script Trainer(AutoModelForCausalLM.from_pretrained(args.model_name_or_path))
        model_name_or_path: m
        num_train_epochs: 1
        save_strategy: epoch
    Accepts:
        # launch python train.py train.yaml
        # file m/config.json: {"model_type": "llama", "vocab_size": 32000}
        # file m/tokenizer_config.json: {"added_tokens_decoder": {"32000": {"content": "[PAD]"}}}
        # script model.resize_token_embeddings(len(tokenizer))
        # script Trainer(AutoModelForCausalLM.from_pretrained(args.model_name_or_path))
        model_name_or_path: m
        num_train_epochs: 1
        save_strategy: epoch
        ---
        # launch python train.py train.yaml
        # file m/config.json: {"model_type": "llama", "vocab_size": 32064}
        # file m/tokenizer_config.json: {"added_tokens_decoder": {"32000": {"content": "[PAD]"}}}
        # script Trainer(AutoModelForCausalLM.from_pretrained(args.model_name_or_path))
        model_name_or_path: m
        num_train_epochs: 1
        save_strategy: epoch
    """
    size, found = facts[TOKENIZER].size, number(facts[MODEL].config.get("vocab_size"))
    use = facts.get(SCRIPT_USE)
    makes_room = recipe.args.get("resize_vocab") is True or (
        use is not None
        and bool({"resize_token_embeddings", "setup_chat_format", "clone_chat_template"} & use.calls)
    )
    # Of other people's trainers nobody knows here what they do about it.
    known = recipe.args.get("resize_vocab") is False or (use is not None and use.trainer is not None)
    if size is not None and found is not None and size > found and known and not makes_room:
        yield more_tokens_than_embeddings.at("model", "name_or_path", size=size, found=int(found))


@rule(
    "TN519",
    Severity.ERROR,
    "{written} as a text is a pattern for whole names, and no layer has that one: write a list",
)
def layers_as_one_text(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """The layers that LoRA adapts stand in one text, as the end of a name or several apart by commas.

    Why: peft takes a text as a pattern that a whole name like `model.layers.0.self_attn.q_proj` has to match.
    Library: peft: ValueError, Target modules … not found in the base model. Please check the target modules
    and try again.
    Flags:
        # launch python train.py train.yaml
        # script Trainer(get_peft_model(m, LoraConfig(target_modules=args.lora_target_modules)))
        lora_target_modules: q_proj,v_proj
        num_train_epochs: 1
        save_strategy: epoch
        ---
        # launch trl sft --config train.yaml
        # packages transformers 4.57.3, trl 0.28.0
        model_name_or_path: m
        lora_target_modules: q_proj
        num_train_epochs: 1
        save_strategy: epoch
    Accepts:
        # launch python train.py train.yaml
        # script Trainer(get_peft_model(m, LoraConfig(target_modules=args.lora_target_modules)))
        lora_target_modules: [q_proj, v_proj]
        num_train_epochs: 1
        save_strategy: epoch
        ---
        # launch python train.py train.yaml
        # script Trainer(get_peft_model(m, LoraConfig(target_modules=args.lora_target_modules.split(","))))
        lora_target_modules: q_proj,v_proj
        num_train_epochs: 1
        save_strategy: epoch
        ---
        # launch trl sft --config train.yaml
        # packages transformers 4.57.3, trl 0.28.0
        model_name_or_path: m
        lora_target_modules: all-linear
        num_train_epochs: 1
        save_strategy: epoch
    """
    written, use = recipe.peft.get("target_modules"), facts.get(SCRIPT_USE)
    if not isinstance(written, str) or not NAME.fullmatch(written) or written in TOP:
        return
    if use is not None:
        handed = ARGUMENT.fullmatch((use.lora or {}).get("target_modules", "")) is not None
    else:
        library = facts.get(TRAINING_ARGUMENTS)
        handed = recipe.script is None and library is not None and library.package == "trl"
    if handed:
        names = ", ".join(name.strip() for name in written.split(","))
        fix = Fix(
            f"Change to [{names}]", (SetValue(("peft", "target_modules"), f"[{names}]"),), preferred=True
        )
        yield layers_as_one_text.at("peft", "target_modules", on="value", written=written, fixes=(fix,))


RULES = (more_tokens_than_embeddings, layers_as_one_text)
