"""LoRA: small trained matrices beside the frozen ones of a model, by peft."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from transformers import PreTrainedModel

from tunesmith.stages.train.config import Task

TASK_TYPES: Mapping[Task, str] = {Task.TEXT_CLASSIFICATION: "SEQ_CLS", Task.CAUSAL_LM: "CAUSAL_LM"}
"""The name that peft has for a task."""


def adapted(model: PreTrainedModel, peft: Mapping[str, Any], task: Task) -> Any:
    """The model under the adapter that `peft` describes. What is not an adapter's is frozen."""
    from peft import LoraConfig, get_peft_model  # Only who writes `peft:` needs it.

    return get_peft_model(model, LoraConfig(**{"task_type": TASK_TYPES[task], **peft}))


def parameters(model: Any) -> dict[str, int]:
    """How many parameters are trained, and how many there are."""
    trained = sum(one.numel() for one in model.parameters() if one.requires_grad)
    return {"trainable_parameters": trained, "parameters": sum(one.numel() for one in model.parameters())}
