"""What DeepSpeed refuses, and the libraries' own readers of its config."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import torch
from accelerate.utils import DeepSpeedPlugin
from transformers import AutoModelForCausalLM
from transformers.integrations.deepspeed import HfDeepSpeedConfig, HfTrainerDeepSpeedConfig

from corpus.replays import parts
from corpus.replays.replay import Replay


def compares(config: Mapping[str, Any], **given: Any) -> Any:
    def call(folder: Path) -> None:
        deepspeed = HfTrainerDeepSpeedConfig(dict(config))
        arguments = parts.arguments(folder, **given)
        deepspeed.trainer_config_process(arguments)
        deepspeed.trainer_config_finalize(arguments, parts.decoder(), 10)

    return call


def maps_devices_in_zero3(folder: Path) -> None:
    parts.decoder().save_pretrained(folder)
    kept = HfDeepSpeedConfig({"zero_optimization": {"stage": 3}, "train_micro_batch_size_per_gpu": 1})
    AutoModelForCausalLM.from_pretrained(str(folder), device_map="auto")
    del kept


def of_deepspeed(**config: Any) -> Any:
    def call(folder: Path) -> None:
        from deepspeed.runtime.config import DeepSpeedConfig

        DeepSpeedConfig(config)

    return call


def offloads_anothers_optimizer(folder: Path) -> None:
    import deepspeed

    offload = {"stage": 2, "offload_optimizer": {"device": "cpu"}}
    model = torch.nn.Linear(2, 2)
    with parts.alone(), environment(LOCAL_RANK="0"):
        deepspeed.initialize(
            model=model,
            optimizer=torch.optim.AdamW(model.parameters()),
            config={"train_micro_batch_size_per_gpu": 1, "zero_optimization": offload},
        )


def tells_beside_the_file(folder: Path) -> None:
    with environment(ACCELERATE_CONFIG_DS_FIELDS="zero_stage"):
        DeepSpeedPlugin(hf_ds_config={"zero_optimization": {"stage": 2}})


def tells_another_precision(folder: Path) -> None:
    DeepSpeedPlugin(
        hf_ds_config={"bf16": {"enabled": True}, "zero_optimization": {"stage": 2}}
    ).set_mixed_precision("fp16")


@contextlib.contextmanager
def environment(**variables: str) -> Iterator[None]:
    os.environ |= variables
    try:
        yield
    finally:
        for name in variables:
            del os.environ[name]


REPLAYS = (
    Replay(
        "TN622",
        "ValidationError",
        "Extra inputs are not permitted",
        of_deepspeed(train_batch_size=1, zero_optimization={"stage": 3, "stage3_max_live_parameter": 1000}),
    ),
    Replay(
        "TN624",
        "TypeError",
        "not supported between instances of 'str' and 'int'",
        of_deepspeed(train_micro_batch_size_per_gpu="auto"),
    ),
    Replay(
        "TN615",
        "AssertionError",
        "Check batch related parameters.",
        of_deepspeed(train_batch_size=32, train_micro_batch_size_per_gpu=4, gradient_accumulation_steps=2),
    ),
    Replay(
        "TN616",
        "AssertionError",
        "modes cannot be simultaneously enabled",
        of_deepspeed(train_batch_size=1, fp16={"enabled": True}, bf16={"enabled": True}),
    ),
    Replay(
        "TN619",
        "ValidationError",
        "Partial offloading only supported for ZeRO Stage 3",
        of_deepspeed(
            train_batch_size=1,
            zero_optimization={"stage": 2, "offload_optimizer": {"device": "cpu", "ratio": 0.5}},
        ),
    ),
    Replay(
        "TN626",
        "ValidationError",
        "Input should be a valid integer, got a number with a fractional part",
        of_deepspeed(
            train_batch_size=1, zero_optimization={"stage": 3, "stage3_prefetch_bucket_size": 15099494.4}
        ),
    ),
    Replay(
        "TN612",
        "ZeRORuntimeException",
        "You are using ZeRO-Offload with a client provided optimizer",
        offloads_anothers_optimizer,
        slow=True,
    ),
    Replay(
        "TN617",
        "ValueError",
        "the following accelerate config variables will be ignored",
        tells_beside_the_file,
    ),
    Replay("TN618", "ValueError", "`--mixed_precision` arg cannot be set to `fp16`", tells_another_precision),
    Replay(
        "TN611",
        "ValueError",
        "Please correct the following DeepSpeed config values that mismatch TrainingArguments",
        compares({"train_micro_batch_size_per_gpu": 4}, per_device_train_batch_size=16),
    ),
    Replay("TN613", "ValueError", "DeepSpeed Zero-3 is not compatible with", maps_devices_in_zero3),
    Replay(
        "TN421",
        "ValueError",
        "Expected a string path to an existing deepspeed config",
        lambda folder: HfDeepSpeedConfig(str(folder / "none.json")),
    ),
)
