"""Rules about the keys of `peft:`, held against the peft that is installed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from tunesmith.core.fact import Facts
from tunesmith.core.finding import Finding, Fix, RemoveKey, SetValue, Severity
from tunesmith.core.rule import rule
from tunesmith.facts.fits import wanted
from tunesmith.facts.names import LORA_CONFIG
from tunesmith.stages.train.rules.installed import ERRORS, bad_choices, free, misfits, unknown
from tunesmith.stages.train.rules.written import number

if TYPE_CHECKING:
    from tunesmith.stages.recipe import Recipe

# The words and numbers that peft itself looks at whatever else is set.
CHECKED_WORDS = ("bias", "task_type", "init_lora_weights")
CHECKED_NUMBERS = ("r", "lora_alpha", "lora_dropout")
CHECKED_LISTS = ("modules_to_save", "target_parameters")
# How peft names what the tasks train; with another of these names the adapter cannot be built.
TASK_TYPES = {"text-classification": "SEQ_CLS", "causal-lm": "CAUSAL_LM"}


@rule("TN501", Severity.ERROR, "{library} has no {key}{hint}", needs=(LORA_CONFIG,))
def unknown_adapter_key(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """A key of `peft` is not a field of the installed LoraConfig.

    Why: the adapter is not even built, which shows only after the model has been loaded.
    Library: peft, LoraConfig.__init__: TypeError, got an unexpected keyword argument.
    Flags:
        peft: {rank: 8}
        ---
        peft: {r: 8, target_module: [query]}
    Accepts:
        peft: {r: 8, lora_alpha: 16, target_modules: [query], task_type: SEQ_CLS, peft_type: LORA}
    """
    library = facts[LORA_CONFIG]
    for key in recipe.peft:
        if key not in library.fields:
            yield unknown(unknown_adapter_key, "peft", key, free(recipe.peft, library), library)


@rule("TN502", Severity.ERROR, "{key} takes {wanted}, not {found}", needs=(LORA_CONFIG,))
def wrong_type_of_adapter(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """A value of `peft` has a type that LoRA cannot compute with.

    Why: peft converts nothing: a text fails in the first comparison, a rank like 8.0 when it shapes a tensor.
    Library: peft: TypeError, '<=' not supported between instances of 'str' and 'int'; AttributeError, 'str'
    object has no attribute 'extend'.
    Flags:
        peft: {r: "8"}
        ---
        peft: {r: 8.0}
        ---
        peft: {lora_dropout: "0.1"}
        ---
        peft: {modules_to_save: classifier}
    Accepts:
        peft: {r: 8, lora_alpha: 16.5, lora_dropout: 0, modules_to_save: [classifier]}
    """
    library = facts[LORA_CONFIG]
    numbers = {key: value for key, value in recipe.peft.items() if key in CHECKED_NUMBERS}
    yield from misfits(wrong_type_of_adapter, "peft", numbers, library, ERRORS)
    rank = recipe.peft.get("r")
    if isinstance(rank, float):
        fix = Fix(f"Change to {rank:.0f}", (SetValue(("peft", "r"), f"{rank:.0f}"),), preferred=rank >= 1)
        yield wrong_type_of_adapter.at(
            "peft", "r", on="value", key="r", wanted="a whole number", found=rank, fixes=(fix,)
        )
    for key in CHECKED_LISTS:
        value = recipe.peft.get(key)
        if isinstance(value, str) and key in library.fields:
            fix = Fix(f"Change to [{value}]", (SetValue(("peft", key), f"[{value}]"),), preferred=True)
            words = wanted(library.fields[key])
            yield wrong_type_of_adapter.at(
                "peft", key, on="value", key=key, wanted=words, found=f'"{value}"', fixes=(fix,)
            )


@rule("TN503", Severity.ERROR, "{key} must be {range}, not {found}")
def adapter_number_out_of_range(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """The rank of the adapter is less than one, or more is dropped than there is.

    Why: the adapter is not built, which shows only after the model has been loaded.
    Library: peft: ValueError, `r` should be a positive integer value; torch: ValueError, dropout probability
    has to be between 0 and 1.
    Flags:
        peft: {r: 0}
        ---
        peft: {lora_dropout: 1.5}
    Accepts:
        peft: {r: 1, lora_dropout: 1}
    """
    rank, dropout = number(recipe.peft.get("r")), number(recipe.peft.get("lora_dropout"))
    if rank is not None and rank <= 0:
        yield adapter_number_out_of_range.at(
            "peft", "r", on="value", key="r", range="at least 1", found=f"{rank:g}"
        )
    if dropout is not None and dropout > 1:
        yield adapter_number_out_of_range.at(
            "peft", "lora_dropout", on="value", key="lora_dropout", range="from 0 to 1", found=f"{dropout:g}"
        )


@rule("TN504", Severity.ERROR, "{value} is not a choice of {key}{hint}", needs=(LORA_CONFIG,))
def bad_choice_of_adapter(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """A word of `peft` is not one of those that the installed peft accepts.

    Why: the adapter is not built, which shows only after the model has been loaded.
    Library: peft: NotImplementedError, Requested bias: …, is not implemented; ValueError, Invalid task type;
    ValueError, Unknown initialization init_lora_weights=….
    Flags:
        peft: {bias: non}
        ---
        peft: {bias: false}
        ---
        peft: {task_type: SEQ_CLSS}
        ---
        peft: {init_lora_weights: gausian}
    Accepts:
        peft: {bias: lora_only, init_lora_weights: gaussian}
        ---
        peft: {init_lora_weights: false, task_type: null}
        ---
        peft: {init_lora_weights: pissa_niter_16}
    """
    yield from bad_choices(
        bad_choice_of_adapter, "peft", _worded(recipe.peft), facts[LORA_CONFIG], also=CHECKED_WORDS
    )


@rule("TN505", Severity.ERROR, "{task} is {meant} to peft, not {found}")
def adapter_for_another_task(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """The adapter is for another task than the model.

    Why: peft asks the model for what only models of that other task can do. It is set from `task` when it is
    left out.
    Library: peft, PeftModelForCausalLM: AttributeError, … has no attribute 'prepare_inputs_for_generation'.
    Flags:
        task: text-classification
        peft: {task_type: CAUSAL_LM}
    Accepts:
        task: text-classification
        peft: {task_type: SEQ_CLS}
        ---
        task: causal-lm
        peft: {r: 8}
    """
    meant, found = TASK_TYPES.get(str(recipe.task and recipe.task.value)), recipe.peft.get("task_type")
    if recipe.task == "text-classification" and found == TASK_TYPES["causal-lm"]:
        fix = Fix("Remove task_type", (RemoveKey(("peft", "task_type")),), preferred=True)
        yield adapter_for_another_task.at(
            "peft", "task_type", on="value", task=recipe.task.value, meant=meant, found=found, fixes=(fix,)
        )


@rule("TN506", Severity.WARNING, "{problem}")
def adapter_without_effect(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """Something of `peft` does not do what it says.

    Why: an empty section trains the whole model. Every adapter here is LoRA, whatever `peft_type` says. An
    adapter on a model with random weights fits no other model, and those weights are not kept.
    Library: silent.
    Flags:
        peft: {}
        ---
        peft: {peft_type: IA3}
        ---
        model: {config: {model_type: llama}, tokenizer: ./t}
        peft: {r: 8}
    Accepts:
        peft: {peft_type: LORA}
    """
    if "peft" in recipe.written and not recipe.peft:
        yield adapter_without_effect.at("peft", problem="peft is empty: the whole model is trained")
    kind = recipe.peft.get("peft_type")
    if kind not in (None, "LORA"):
        fix = Fix("Change to LORA", (SetValue(("peft", "peft_type"), "LORA"),), preferred=True)
        problem = f"peft takes the keys of LoraConfig: the adapter is LoRA, not {kind}"
        yield adapter_without_effect.at("peft", "peft_type", on="value", problem=problem, fixes=(fix,))
    if recipe.peft and recipe.model is not None and recipe.model.config:
        problem = "The model starts from random weights that are not kept: the adapter will fit no model"
        yield adapter_without_effect.at("peft", problem=problem)


RULES = (
    unknown_adapter_key,
    wrong_type_of_adapter,
    adapter_number_out_of_range,
    bad_choice_of_adapter,
    adapter_for_another_task,
    adapter_without_effect,
)


def _worded(peft: Mapping[str, Any]) -> Mapping[str, Any]:
    """Without what stands for more than a word: flags of init_lora_weights, and its names with a number."""
    start = peft.get("init_lora_weights")
    is_open = isinstance(start, bool) or (isinstance(start, str) and start.startswith("pissa_niter_"))
    return {key: value for key, value in peft.items() if not (key == "init_lora_weights" and is_open)}
