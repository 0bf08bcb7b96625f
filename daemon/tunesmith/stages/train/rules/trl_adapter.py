"""Rules about the adapters that TRL makes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from tunesmith.core.fact import Facts
from tunesmith.core.finding import Finding, Fix, SetValue, Severity
from tunesmith.core.rule import rule
from tunesmith.facts.names import SCRIPT_USE, TRAINING_ARGUMENTS

if TYPE_CHECKING:
    from tunesmith.stages.recipe import Recipe

ADAPTER = ("lora_r", "lora_target_modules", "lora_alpha", "lora_dropout", "lora_modules_to_save")
OF_REWARDS = "SEQ_CLS"
TASK = "lora_task_type"


@rule(
    "TN272",
    Severity.WARNING,
    "{key} has no effect without use_peft: true: the whole model is trained",
    needs=(TRAINING_ARGUMENTS,),
)
def adapter_is_not_asked_for(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """The numbers of an adapter are given to TRL, and the adapter itself is not asked for.

    Why: TRL makes an adapter where use_peft is true alone; else all weights are trained, which takes many
    times the memory, and what is saved is no adapter.
    Library: silent.
    Flags:
        # launch trl sft --config train.yaml
        # packages transformers 4.53.3, trl 0.19.1
        model_name_or_path: m
        lora_r: 16
    Accepts:
        # launch trl sft --config train.yaml
        # packages transformers 4.53.3, trl 0.19.1
        model_name_or_path: m
        use_peft: true
        lora_r: 16
        ---
        # launch trl sft --config train.yaml
        # packages transformers 4.53.3, trl 0.19.1
        model_name_or_path: m
        use_peft: false
        lora_r: 16
    """
    library, train = facts[TRAINING_ARGUMENTS], recipe.train
    key = next((key for key in ADAPTER if train.get(key) is not None), None)
    takes = library.package == "trl" and "use_peft" in library.fields
    if (
        takes
        and _made_by_trl(recipe, facts)
        and key is not None
        and "use_peft" not in {**train, **recipe.args}
    ):
        path = ("train", key)
        fix = Fix("Set use_peft: true", (SetValue(("train", "use_peft"), "true"),), preferred=True)
        yield adapter_is_not_asked_for.at(*path, key=key, fixes=(fix,))


@rule(
    "TN279",
    Severity.WARNING,
    "A reward model is a classifier, and its adapter is one for {task}: set lora_task_type: SEQ_CLS",
    needs=(TRAINING_ARGUMENTS,),
)
def reward_adapter_of_a_writer(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """TRL trains a reward model with an adapter whose task is not to classify; unsaid, it is CAUSAL_LM.

    Why: the new head that gives the reward is then frozen as random as it is, and not saved.
    Library: silent, but for a line of trl's in the log: You are using a `task_type` that is different than
    `SEQ_CLS` for PEFT. This will lead to silent bugs.
    Flags:
        # launch trl reward --config train.yaml
        # packages transformers 4.51.3, trl 0.17.0
        model_name_or_path: m
        use_peft: true
        lora_task_type: CAUSAL_LM
        ---
        # launch trl reward --config train.yaml
        # packages transformers 4.51.3, trl 0.17.0
        model_name_or_path: m
        use_peft: true
    Accepts:
        # launch trl reward --config train.yaml
        # packages transformers 4.51.3, trl 0.17.0
        model_name_or_path: m
        use_peft: true
        lora_task_type: SEQ_CLS
        ---
        # launch trl reward --config train.yaml
        # packages transformers 4.51.3, trl 0.17.0
        model_name_or_path: m
        ---
        # launch trl sft --config train.yaml
        # packages transformers 4.51.3, trl 0.17.0
        model_name_or_path: m
        use_peft: true
    """
    library, written = facts[TRAINING_ARGUMENTS], {**recipe.args, **recipe.train}
    field = library.fields.get(TASK)
    rewards = library.package == "trl" and library.name == "RewardConfig" and field is not None
    task = written.get(TASK, "CAUSAL_LM")
    if rewards and written.get("use_peft") is True and task != OF_REWARDS and _made_by_trl(recipe, facts):
        key = TASK if TASK in written else "use_peft"
        section = "train" if key in recipe.train else "args"
        fix = Fix("Set lora_task_type: SEQ_CLS", (SetValue((section, TASK), OF_REWARDS),), preferred=True)
        yield reward_adapter_of_a_writer.at(section, key, task=task, fixes=(fix,))


def _made_by_trl(recipe: Recipe, facts: Facts) -> bool:
    """Whether TRL's own function makes the adapter of these arguments."""
    use = facts.get(SCRIPT_USE)
    by_function = use is not None and "get_peft_config" in use.calls and "LoraConfig" not in use.made
    return recipe.script is None or by_function


RULES = (adapter_is_not_asked_for, reward_adapter_of_a_writer)
