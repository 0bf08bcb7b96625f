"""Rules that only Axolotl's files have, and what of theirs excludes each other."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import TYPE_CHECKING

from tunesmith.core.fact import Facts
from tunesmith.core.finding import Finding, Fix, SetValue, Severity
from tunesmith.core.rule import rule
from tunesmith.facts.names import DIALECT, TOKENIZER

if TYPE_CHECKING:
    from tunesmith.stages.recipe import Recipe

AXOLOTL = "Axolotl config"
FALLBACK = "tokenizer_default_fallback_"
TEMPLATES = [
    "alpaca",
    "aya",
    "chatml",
    "cohere",
    "command_a",
    "command_a_rag",
    "command_a_tool_use",
    "deepseek_v2",
    "deepseek_v3",
    "exaone",
    "exaone4",
    "falcon_h1",
    "gemma",
    "gemma3",
    "gemma3n",
    "gemma3_text",
    "gemma4",
    "gemma4_unified",
    "inst",
    "jamba",
    "jinja",
    "llama3",
    "llama3_2_vision",
    "llama4",
    "llava",
    "metharme",
    "mistral_v1",
    "mistral_v2v3",
    "mistral_v3_tekken",
    "mistral_v7_tekken",
    "nemotron_h",
    "phi_3",
    "phi_35",
    "phi_4",
    "pixtral",
    "qwen2_vl",
    "qwen3",
    "qwen3_5",
    "qwen_25",
    "tokenizer_default",
]
"""axolotl/utils/schemas/enums.py, ChatTemplate, over its releases."""


@rule("TN711", Severity.ERROR, "{name} is not a chat template that Axolotl has{hint}", needs=(DIALECT,))
def unknown_chat_template(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """`chat_template` is not the name of a template.

    Why: the file is refused before anything is loaded.
    Library: axolotl: ValidationError, chat_template: Input should be 'alpaca', 'chatml', ….
    Flags:
        # launch axolotl train train.yaml
        base_model: m
        sequence_len: 512
        micro_batch_size: 1
        chat_template: chat_template.default
    Accepts:
        # launch axolotl train train.yaml
        base_model: m
        sequence_len: 512
        micro_batch_size: 1
        chat_template: tokenizer_default_fallback_chatml
    """
    name = recipe.args.get("chat_template")
    if facts[DIALECT] != AXOLOTL or not isinstance(name, str):
        return
    if name.removeprefix(FALLBACK) not in TEMPLATES and not name.startswith("{"):
        near = difflib.get_close_matches(name, TEMPLATES, 1)
        hint = f"; did you mean {near[0]}?" if near else ""
        path = ("args", "chat_template")
        fixes = (Fix(f"Change to {near[0]}", (SetValue(path, near[0]),), preferred=True),) if near else ()
        yield unknown_chat_template.at(*path, on="value", name=name, hint=hint, fixes=fixes)


@rule(
    "TN712",
    Severity.ERROR,
    "tokenizer_default takes the tokenizer's own chat template, and there is none",
    needs=(DIALECT, TOKENIZER),
)
def no_default_chat_template(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """The tokenizer's chat template is asked for, and it has none.

    Why: the run ends when the data is prepared.
    Library: axolotl: ValueError, `chat_template choice is tokenizer_default but tokenizer's chat_template is
    null.
    Flags:
        # launch axolotl train train.yaml
        # file m/tokenizer_config.json: {"eos_token": "</s>"}
        base_model: m
        sequence_len: 512
        micro_batch_size: 1
        chat_template: tokenizer_default
    Accepts:
        # launch axolotl train train.yaml
        # file m/tokenizer_config.json: {"eos_token": "</s>", "chat_template": "{{ messages }}"}
        base_model: m
        sequence_len: 512
        micro_batch_size: 1
        chat_template: tokenizer_default
    """
    wanted = recipe.args.get("chat_template") == "tokenizer_default"
    if facts[DIALECT] == AXOLOTL and wanted and facts[TOKENIZER].template is False:
        yield no_default_chat_template.at("args", "chat_template", on="value")


@rule("TN713", Severity.ERROR, "{steps} counts only with {strategy}: steps, not {found}", needs=(DIALECT,))
def steps_beside_another_strategy(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """Steps between saves or evaluations are given for a strategy that counts no steps.

    Why: the file is refused before anything is loaded.
    Library: axolotl: ValueError, save_strategy and save_steps mismatch. Please set save_strategy to 'steps'
    or remove save_steps.
    Flags:
        # launch axolotl train train.yaml
        base_model: m
        sequence_len: 512
        micro_batch_size: 1
        save_strategy: epoch
        save_steps: 100
    Accepts:
        # launch axolotl train train.yaml
        base_model: m
        sequence_len: 512
        micro_batch_size: 1
        save_strategy: steps
        save_steps: 100
    """
    if facts[DIALECT] != AXOLOTL:
        return
    for what in ("save", "eval"):
        strategy, steps = f"{what}_strategy", f"{what}_steps"
        found = recipe.train.get(strategy)
        if recipe.train.get(steps) and found and found != "steps":
            fix = Fix("Change to steps", (SetValue(("train", strategy), "steps"),), preferred=True)
            yield steps_beside_another_strategy.at(
                "train", strategy, on="value", steps=steps, strategy=strategy, found=found, fixes=(fix,)
            )


RULES = (unknown_chat_template, no_default_chat_template, steps_beside_another_strategy)
