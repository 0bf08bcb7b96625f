"""Rules about words that LLaMA-Factory does not have: templates, stages, methods."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from tunesmith.core.fact import Facts
from tunesmith.core.finding import Finding, Fix, SetValue, Severity
from tunesmith.core.nearest import nearest
from tunesmith.core.rule import rule
from tunesmith.facts.names import DIALECT, TRAINING_ARGUMENTS, VERSIONS
from tunesmith.facts.templates import is_unreleased, templates
from tunesmith.stages.train.rules.llama_keys import LLAMA_FACTORY, OTHER_TRAINERS

if TYPE_CHECKING:
    from tunesmith.stages.recipe import Recipe

CHECKED: Mapping[str, tuple[str, ...]] = {
    "finetuning_type": (),
    "flash_attn": ("auto", "disabled", "sdpa", "fa2", "fa3"),
    "mix_strategy": (),
    "pref_loss": (),
    "stage": (),
}
"""Keys whose words it refuses. Where its class does not list them: those of all such releases."""


@rule("TN727", Severity.ERROR, "{library} has no template {name}{hint}", needs=(DIALECT, VERSIONS))
def unknown_template(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """`template` is not the name of a template of the release that will run it.

    Why: the tokenizer is loaded, then the run ends. New models get a template of their own in later releases.
    Library: llamafactory: ValueError, Template … does not exist.
    Flags:
        # launch llamafactory-cli train train.yaml
        # packages llamafactory 0.9.2, transformers 4.49.0
        stage: sft
        finetuning_type: lora
        template: qwen3
        ---
        # launch llamafactory-cli train train.yaml
        # packages llamafactory 0.8.3, transformers 4.43.4
        stage: sft
        finetuning_type: lora
        template: llama-3
    Accepts:
        # launch llamafactory-cli train train.yaml
        # packages llamafactory 0.9.3, transformers 4.52.4
        stage: sft
        finetuning_type: lora
        template: qwen3
        ---
        # launch llamafactory-cli train train.yaml
        # packages llamafactory 0.9.3.dev0, transformers 4.52.4
        stage: sft
        finetuning_type: lora
        template: my_own
    """
    name, record = recipe.args.get("template"), templates()
    here = record.at(facts[VERSIONS])
    if facts[DIALECT] != LLAMA_FACTORY or not isinstance(name, str) or here is None or name in here:
        return
    near = nearest(name, sorted(here)) or next((one for one in here if _plain(one) == _plain(name)), None)
    if is_unreleased(facts[VERSIONS]) and name not in record.spells and near is None:
        return
    since = next((spell[0] for one, spell in record.spells.items() if one == name), None)
    later = f"; {'.'.join(map(str, since))} brought it" if since else ""
    hint = later or (f"; did you mean {near}?" if near else "")
    path = ("args", "template")
    fixes = (Fix(f"Change to {near}", (SetValue(path, near),), preferred=True),) if near and not later else ()
    library = f"LLaMA-Factory {facts[VERSIONS]['llamafactory']}"
    yield unknown_template.at(*path, on="value", library=library, name=name, hint=hint, fixes=fixes)


@rule(
    "TN730",
    Severity.ERROR,
    "{value} is not a {key} of LLaMA-Factory{hint}",
    needs=(DIALECT, TRAINING_ARGUMENTS, VERSIONS),
)
def unknown_word(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """A stage, a way to train or a loss is named that LLaMA-Factory does not have.

    Why: its loader takes any text; what the text stands for is missed when it is used.
    Library: llamafactory: AssertionError, Invalid fine-tuning method.; ValueError, Unknown task;
    NotImplementedError, Unknown attention type.
    Flags:
        # launch llamafactory-cli train train.yaml
        # packages llamafactory 0.9.3, transformers 4.52.4
        stage: sft
        finetuning_type: qlora
        ---
        # launch llamafactory-cli train train.yaml
        # packages llamafactory 0.9.2, transformers 4.49.0
        stage: sft
        finetuning_type: lora
        flash_attn: flash_attention_2
        ---
        # launch llamafactory-cli train train.yaml
        # packages llamafactory 0.9.2, transformers 4.49.0
        stage: orpo
        finetuning_type: lora
    Accepts:
        # launch llamafactory-cli train train.yaml
        # packages llamafactory 0.9.3, transformers 4.52.4
        stage: dpo
        finetuning_type: lora
        flash_attn: fa2
        pref_loss: orpo
    """
    other = OTHER_TRAINERS & {**recipe.args, **recipe.train}.keys()
    if facts[DIALECT] != LLAMA_FACTORY or "llamafactory" not in facts[VERSIONS] or other:
        return
    for key, otherwise in CHECKED.items():
        one, word = facts[TRAINING_ARGUMENTS].fields.get(key), recipe.args.get(key)
        if one is None or not isinstance(word, str):
            continue
        choices = one.choices or otherwise
        if choices and word not in choices:
            near = nearest(word, choices)
            hint = f"; did you mean {near}?" if near else f": {', '.join(choices)}"
            path = ("args", key)
            fixes = (Fix(f"Change to {near}", (SetValue(path, near),), preferred=True),) if near else ()
            yield unknown_word.at(*path, on="value", value=word, key=key, hint=hint, fixes=fixes)


def _plain(name: str) -> str:
    return name.replace("-", "").replace("_", "").replace(".", "").lower()


RULES = (unknown_template, unknown_word)
