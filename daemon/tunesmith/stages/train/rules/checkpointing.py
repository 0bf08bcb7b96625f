"""Rules about gradient checkpointing beside adapters and several processes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, cast

from tunesmith.core.fact import Facts
from tunesmith.core.finding import Finding, Fix, SetValue, Severity
from tunesmith.core.rule import rule
from tunesmith.facts.names import SCRIPT_USE, VERSIONS, WORLD_SIZE
from tunesmith.facts.release import before

if TYPE_CHECKING:
    from tunesmith.stages.recipe import Recipe

CHECKPOINTING = "gradient_checkpointing"
LETS_GRADIENTS_IN = frozenset(
    (
        "enable_input_require_grads",
        "gradient_checkpointing_enable",
        "prepare_model_for_int8_training",
        "prepare_model_for_kbit_training",
        "register_forward_hook",
        "requires_grad_",
    )
)
"""Calls after which the input of the first layer has gradients, or peft sees to it."""
WITHOUT_HEAD = ("CAUSAL_LM", "SEQ_2_SEQ_LM")


def reentrant(recipe: Recipe, facts: Facts) -> bool:
    """Whether layers are computed again the older way, which releases before 5 take by default."""
    kwargs = recipe.train.get("gradient_checkpointing_kwargs")
    told = cast(Mapping[str, Any], kwargs).get("use_reentrant") if isinstance(kwargs, Mapping) else None
    on = recipe.train.get(CHECKPOINTING) is True and told is not False
    return on and (told is True or before(facts.get(VERSIONS) or {}, "transformers", (5,)) is True)


@rule(
    "TN261",
    Severity.ERROR,
    "Reentrant checkpointing and the search for unused parameters exclude each other on several processes",
    needs=(WORLD_SIZE, VERSIONS),
)
def unused_parameters_are_searched(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """DDP is told to look for unused parameters, and layers are computed again in the reentrant way.

    Why: parameters of such layers are not in the graph that DDP looks through. They count as unused, and then
    their gradients come.
    Library: torch: RuntimeError, Expected to mark a variable ready only once.
    Flags:
        # packages transformers 4.46.3
        accelerate: {num_processes: 2}
        train: {gradient_checkpointing: true, ddp_find_unused_parameters: true}
    Accepts:
        # packages transformers 4.46.3
        accelerate: {num_processes: 2}
        train:
          gradient_checkpointing: true
          ddp_find_unused_parameters: true
          gradient_checkpointing_kwargs: {use_reentrant: false}
        ---
        # packages transformers 4.46.3
        accelerate: {num_processes: 1}
        train: {gradient_checkpointing: true, ddp_find_unused_parameters: true}
    """
    elsewhere = recipe.deepspeed or recipe.train.get("deepspeed") or recipe.train.get("fsdp")
    elsewhere = elsewhere or recipe.accelerate.get("distributed_type") in ("DEEPSPEED", "FSDP")
    asked = recipe.train.get("ddp_find_unused_parameters") is True
    if facts[WORLD_SIZE] > 1 and asked and reentrant(recipe, facts) and not elsewhere:
        path = ("train", "ddp_find_unused_parameters")
        fix = Fix("Change to false", (SetValue(path, "false"),), preferred=True)
        yield unused_parameters_are_searched.at(*path, on="value", fixes=(fix,))


@rule(
    "TN262",
    Severity.ERROR,
    "With the base frozen nothing that is computed again has gradients: call enable_input_require_grads()",
    needs=(SCRIPT_USE, VERSIONS),
)
def frozen_input_of_checkpoints(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """An adapter is trained with reentrant checkpointing, and the input of the first layer has no gradient.

    Why: the embeddings are frozen. The reentrant way gives a layer's output a gradient only if its input has
    one, whatever is trained inside.
    Library: torch: RuntimeError, element 0 of tensors does not require grad and does not have a grad_fn.
    Flags:
        # launch python train.py train.yaml
        # packages transformers 4.36.2, peft 0.6.2
        # script Trainer(get_peft_model(m, LoraConfig(task_type="CAUSAL_LM")))
        gradient_checkpointing: true
        num_train_epochs: 1
    Accepts:
        # launch python train.py train.yaml
        # packages transformers 4.36.2, peft 0.6.2
        # script model.enable_input_require_grads()
        # script Trainer(get_peft_model(m, LoraConfig(task_type="CAUSAL_LM")))
        gradient_checkpointing: true
        num_train_epochs: 1
        ---
        # launch python train.py train.yaml
        # packages transformers 4.36.2, peft 0.6.2
        # script Trainer(get_peft_model(m, LoraConfig(task_type="CAUSAL_LM")))
        gradient_checkpointing: true
        gradient_checkpointing_kwargs: {use_reentrant: false}
    """
    use = facts[SCRIPT_USE]
    adapts = use.lora is not None and "get_peft_model" in use.calls
    if not adapts or use.trainer not in ("Trainer", "Seq2SeqTrainer") or not reentrant(recipe, facts):
        return
    lora = use.lora or {}
    task = str(recipe.peft.get("task_type") or lora.get("task_type", ""))
    headless = any(name in task for name in WITHOUT_HEAD)
    trains_more = recipe.peft.get("modules_to_save") or lora.get("modules_to_save", "None") != "None"
    if headless and not trains_more and not LETS_GRADIENTS_IN & use.calls:
        yield frozen_input_of_checkpoints.at("train", CHECKPOINTING)


TRAINING = (unused_parameters_are_searched,)
FOREIGN = (frozen_input_of_checkpoints,)
