"""Rules about the adapters that a script of the user's puts on its model."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from tunesmith.core.fact import Facts
from tunesmith.core.finding import Finding, Fix, SetValue, Severity
from tunesmith.core.nearest import nearest
from tunesmith.core.path import RecipePath
from tunesmith.core.rule import rule
from tunesmith.facts.names import SCRIPT_ARGUMENTS, SCRIPT_USE, VERSIONS, WORLD_SIZE
from tunesmith.facts.release import before
from tunesmith.stages.script.expressions import ARGUMENT, argument

if TYPE_CHECKING:
    from tunesmith.stages.recipe import Recipe

OF_WRITERS = ("CAUSAL_LM", "SEQ_2_SEQ_LM", "TaskType.CAUSAL_LM", "TaskType.SEQ_2_SEQ_LM")
TASKS = ("SEQ_CLS", "SEQ_2_SEQ_LM", "CAUSAL_LM", "TOKEN_CLS", "QUESTION_ANS", "FEATURE_EXTRACTION")
"""peft/utils/peft_types.py, TaskType."""


@rule(
    "TN514",
    Severity.ERROR,
    "The weights are loaded in {bits} bits and nothing is added that could be trained",
    needs=(SCRIPT_USE,),
)
def quantized_without_adapter(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """A model with quantized weights is trained without an adapter.

    Why: rounded weights have no gradients.
    Library: transformers, Trainer: ValueError, You cannot perform fine-tuning on purely quantized models.
    Flags:
        # launch python train.py train.yaml
        # script Trainer(m)
        load_in_4bit: true
        num_train_epochs: 1
    Accepts:
        # launch python train.py train.yaml
        # script get_peft_model(m, LoraConfig(r=8)); Trainer(m)
        load_in_4bit: true
        num_train_epochs: 1
    """
    use = facts[SCRIPT_USE]
    load = recipe.model.load if recipe.model else {}
    key = next((name for name in ("load_in_4bit", "load_in_8bit") if load.get(name) is True), None)
    taken = facts.get(SCRIPT_ARGUMENTS)
    optional = taken is not None and "use_peft" in taken.own
    adapts = use.lora is not None and (not optional or argument("args.use_peft", recipe, taken) is True)
    adapts = adapts or (use.lora is None and bool({"get_peft_model", "get_peft_config"} & use.calls))
    if key and use.trainer and not adapts and not recipe.peft:
        yield quantized_without_adapter.at("model", "load", key, key=key, bits=key[8])


@rule(
    "TN515",
    Severity.WARNING,
    "{without} the adapter freezes the new classifier: it stays as random as it is",
    needs=(SCRIPT_USE,),
)
def adapter_without_task_type(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """A classifier is trained with LoRA, and the LoRA config does not say that it is one, or another model.

    Why: with a task type peft trains and keeps the new head; without one it is frozen, and not saved.
    Library: silent; for a task of writers, with transformers since 4.50, AttributeError, … has no attribute
    'prepare_inputs_for_generation'.
    Flags:
        # launch python train.py train.yaml
        # script LoraConfig(r=8); Trainer(AutoModelForSequenceClassification.from_pretrained(m))
        num_train_epochs: 1
        ---
        # launch python train.py train.yaml
        # script LoraConfig(task_type="CAUSAL_LM")
        # script Trainer(AutoModelForSequenceClassification.from_pretrained(m))
        num_train_epochs: 1
    Accepts:
        # launch python train.py train.yaml
        # script LoraConfig(task_type="SEQ_CLS")
        # script Trainer(AutoModelForSequenceClassification.from_pretrained(m))
        num_train_epochs: 1
    """
    use = facts[SCRIPT_USE]
    classifies = (use.model_class or "").endswith(("SequenceClassification", "TokenClassification"))
    kept = (use.lora or {}).get("modules_to_save")
    handed = kept is None or kept == "None" or ARGUMENT.fullmatch(kept) is not None
    if not classifies or use.lora is None or not handed or recipe.peft.get("modules_to_save"):
        return
    text = use.lora.get("task_type")
    said = recipe.peft.get("task_type") or (text and argument(text, recipe, facts.get(SCRIPT_ARGUMENTS)))
    plain = text is None or ARGUMENT.fullmatch(text)
    if not said and plain:
        yield adapter_without_task_type.at("peft", "task_type", without="Without a task type")
    other = next((one for one in (said, text) if one in OF_WRITERS), None)
    if other:
        yield adapter_without_task_type.at("peft", "task_type", without=f"With the task type {other}")


@rule("TN520", Severity.ERROR, "peft has no task type {name}{hint}", needs=(SCRIPT_USE, VERSIONS))
def unknown_task_type(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """The task type that a script's LoRA config is given is none that peft has.

    Why: the model is loaded, then the config is not made.
    Library: peft since 0.14: ValueError, Invalid task type.
    Flags:
        # launch python train.py train.yaml
        # packages transformers 4.48.3, peft 0.14.0
        # script Trainer(get_peft_model(m, LoraConfig(r=8, task_type=args.lora_task_type)))
        lora_task_type: SEQ_CLASSIFICATION
        num_train_epochs: 1
        save_strategy: epoch
    Accepts:
        # launch python train.py train.yaml
        # packages transformers 4.48.3, peft 0.14.0
        # script Trainer(get_peft_model(m, LoraConfig(r=8, task_type=args.lora_task_type)))
        lora_task_type: SEQ_CLS
        num_train_epochs: 1
        save_strategy: epoch
    """
    text = (facts[SCRIPT_USE].lora or {}).get("task_type", "")
    name = argument(text, recipe, facts.get(SCRIPT_ARGUMENTS)) if text else None
    if isinstance(name, str) and name not in TASKS and before(facts[VERSIONS], "peft", (0, 14)) is False:
        near = nearest(name, TASKS)
        hint = f"; did you mean {near}?" if near else f": {', '.join(TASKS)}"
        written = ARGUMENT.fullmatch(text) is not None and "task_type" in recipe.peft
        path: RecipePath = ("peft", "task_type") if written else ()
        yield unknown_task_type.at(*path, on="value", name=name, hint=hint)


@rule(
    "TN243",
    Severity.ERROR,
    "Gradient checkpointing, several processes and an adapter need ddp_find_unused_parameters: false",
    needs=(SCRIPT_USE, WORLD_SIZE, VERSIONS),
)
def checkpointing_finds_unused_parameters(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """DDP looks for unused parameters while the graph is computed again.

    Why: for a model that is wrapped by peft the Trainer lets DDP look for unused parameters, and with
    reentrant checkpointing each parameter is then seen twice.
    Library: torch: RuntimeError, Expected to mark a variable ready only once.
    Flags:
        # launch torchrun --nproc_per_node 2 train.py train.yaml
        # packages transformers 4.28.1
        # script get_peft_model(m, LoraConfig(r=8)); Trainer(m)
        gradient_checkpointing: true
    Accepts:
        # launch torchrun --nproc_per_node 2 train.py train.yaml
        # packages transformers 4.28.1
        # script get_peft_model(m, LoraConfig(r=8)); Trainer(m)
        gradient_checkpointing: true
        ddp_find_unused_parameters: false
        ---
        # launch python train.py train.yaml
        # packages transformers 4.28.1
        # script get_peft_model(m, LoraConfig(r=8)); Trainer(m)
        gradient_checkpointing: true
    """
    use = facts[SCRIPT_USE]
    train = recipe.train
    kwargs = train.get("gradient_checkpointing_kwargs")
    reentrant = not (isinstance(kwargs, dict) and kwargs.get("use_reentrant") is False)
    elsewhere = train.get("deepspeed") or train.get("fsdp") or recipe.deepspeed
    adapted = use.lora is not None and bool({"get_peft_model", "PeftModel"} & use.calls)
    if (
        train.get("gradient_checkpointing") is True
        and facts[WORLD_SIZE] > 1
        and adapted
        and reentrant
        and not elsewhere
        and train.get("ddp_find_unused_parameters") is not False
        and before(facts[VERSIONS], "transformers", (5,))
    ):
        path = ("train", "ddp_find_unused_parameters")
        fix = Fix("Set ddp_find_unused_parameters: false", (SetValue(path, "false"),), preferred=True)
        yield checkpointing_finds_unused_parameters.at("train", "gradient_checkpointing", fixes=(fix,))


RULES = (
    quantized_without_adapter,
    adapter_without_task_type,
    unknown_task_type,
    checkpointing_finds_unused_parameters,
)
