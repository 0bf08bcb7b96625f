"""What PEFT refuses."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from peft import LoraConfig, PeftModelForCausalLM, get_peft_model

from corpus.replays import parts
from corpus.replays.replay import Replay


def adapts(**given: Any) -> Any:
    return lambda folder: get_peft_model(
        parts.decoder(), LoraConfig(**{"target_modules": ["q_proj"], **given})
    )


def adapts_for_another_task(folder: Path) -> None:
    PeftModelForCausalLM(parts.classifier(), LoraConfig(target_modules=["query"], task_type="CAUSAL_LM"))


def starts_from_rounded_weights(folder: Path) -> None:
    model = parts.decoder().requires_grad_(False)
    weight = model.get_parameter("model.layers.0.self_attn.q_proj.weight")
    weight.data = weight.data.to(torch.uint8)
    get_peft_model(model, LoraConfig(target_modules=["q_proj"], init_lora_weights="pissa"))


def adapts_what_is_not_known(folder: Path) -> None:
    get_peft_model(parts.decoder_of_its_own(), LoraConfig())


REPLAYS = (
    Replay("TN519", "ValueError", "not found in the base model", adapts(target_modules="q_proj,v_proj")),
    Replay("TN501", "TypeError", "got an unexpected keyword argument", adapts(rank=8)),
    Replay("TN502", "TypeError", "'<=' not supported between instances of 'str' and 'int'", adapts(r="8")),
    Replay("TN503", "ValueError", "`r` should be a positive integer value", adapts(r=0)),
    Replay("TN503", "ValueError", "dropout probability has to be between 0 and 1", adapts(lora_dropout=2.0)),
    Replay("TN504", "NotImplementedError", "Requested bias:", adapts(bias="some")),
    Replay("TN504", "ValueError", "Invalid task type", adapts(task_type="CAUSAL")),
    Replay("TN504", "ValueError", "Unknown initialization", adapts(init_lora_weights="pisa")),
    Replay(
        "TN505",
        "AttributeError",
        "has no attribute 'prepare_inputs_for_generation'",
        adapts_for_another_task,
    ),
    Replay(
        "TN507",
        "ValueError",
        "`layers_to_transform` cannot be used when `target_modules` is a str",
        adapts(target_modules="all-linear", layers_to_transform=[0]),
    ),
    Replay(
        "TN507",
        "ValueError",
        "`layers_pattern` cannot be used when `target_modules` is a str",
        adapts(target_modules="all-linear", layers_pattern="layers"),
    ),
    Replay(
        "TN507",
        "ValueError",
        "When `layers_pattern` is specified, `layers_to_transform` must also be specified",
        adapts(layers_pattern="layers"),
    ),
    Replay("TN507", "ValueError", "`loftq_config` must be specified when", adapts(init_lora_weights="loftq")),
    Replay("TN507", "ValueError", "The argument lora_bias=True is", adapts(lora_bias=True, use_dora=True)),
    Replay("TN508", "ValueError", "not found in the base model", adapts(layers_to_transform=[9])),
    Replay("TN509", "TypeError", "Please initialize PiSSA under float32", starts_from_rounded_weights),
    Replay("TN520", "ValueError", "Invalid task type", adapts(task_type="SEQ_CLASSIFICATION")),
    Replay("TN511", "ValueError", "not found in the base model", adapts(target_modules=["query"])),
    Replay("TN516", "ValueError", "not found in the base model", adapts(target_modules=["c_attn"])),
    Replay("TN513", "ValueError", "Please specify `target_modules`", adapts_what_is_not_known),
)
