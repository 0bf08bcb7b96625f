"""What LLaMA-Factory refuses of its own, as a table: the checks of its argument classes and its parser."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from tunesmith.facts.release import Release
from tunesmith.stages.train.rules.written import number

ADAPTERS = ("lora", "oft")
OPTIMIZERS = ("use_galore", "use_apollo", "use_badam")


@dataclass(frozen=True)
class Settings:
    """The keys of the file, the stage of ZeRO that it leads to, and whether FSDP cuts the model."""

    values: Mapping[str, Any]
    zero: int | None
    fsdp: bool

    def on(self, key: str) -> bool:
        return self.values.get(key) is True

    def word(self, key: str, default: str) -> str:
        found = self.values.get(key, default)
        return found if isinstance(found, str) else default

    def more(self, key: str, than: float) -> bool:
        found = number(self.values.get(key))
        return found is not None and found > than

    @property
    def stage(self) -> str:
        return self.word("stage", "sft")

    @property
    def adapts(self) -> bool:
        return self.word("finetuning_type", "lora") in ADAPTERS


@dataclass(frozen=True)
class Refusal:
    """`text` as the library says it, of `key`; `since` the release that says it."""

    key: str
    text: str
    applies: Callable[[Settings], bool]
    since: Release = (0,)


REFUSALS: tuple[Refusal, ...] = (
    Refusal(
        "quantization_bit", "Quantization is only compatible with the LoRA method", lambda own: not own.adapts
    ),
    Refusal(
        "quantization_bit",
        "Only 4-bit quantized model can use fsdp+qlora or ZeRO-3",
        lambda own: own.values.get("quantization_bit") == 8 and (own.zero == 3 or own.fsdp),
        (0, 7),
    ),
    Refusal(
        "resize_vocab",
        "Cannot resize embedding layers of a quantized model",
        lambda own: own.on("resize_vocab") and own.values.get("quantization_bit") is not None,
    ),
    Refusal(
        "pissa_init",
        "Please use scripts/pissa_init.py to initialize PiSSA for a quantized model",
        lambda own: own.on("pissa_init") and own.values.get("quantization_bit") is not None,
        (0, 8, 2),
    ),
    Refusal("adapter_name_or_path", "Adapter is only valid for the LoRA method", lambda own: not own.adapts),
    Refusal(
        "predict_with_generate",
        "predict_with_generate cannot be set as True except SFT",
        lambda own: own.on("predict_with_generate") and own.stage != "sft",
    ),
    Refusal(
        "predict_with_generate",
        "predict_with_generate is incompatible with DeepSpeed ZeRO-3",
        lambda own: own.on("predict_with_generate") and own.zero == 3,
        (0, 8),
    ),
    Refusal(
        "compute_accuracy",
        "Cannot use predict_with_generate and compute_accuracy together",
        lambda own: own.on("predict_with_generate") and own.on("compute_accuracy"),
        (0, 8, 3),
    ),
    Refusal(
        "load_best_model_at_end",
        "RM and PPO stages do not support load_best_model_at_end",
        lambda own: own.on("load_best_model_at_end") and own.stage in ("rm", "ppo"),
    ),
    Refusal(
        "quantization_device_map",
        "Cannot use device map for quantized models in training",
        lambda own: own.on("do_train") and own.values.get("quantization_device_map") == "auto",
    ),
    Refusal(
        "max_samples",
        "max_samples is incompatible with streaming",
        lambda own: own.on("streaming") and own.values.get("max_samples") is not None,
    ),
    Refusal(
        "val_size",
        "Streaming mode should have an integer val size",
        lambda own: own.on("streaming") and own.more("val_size", 1e-6) and not own.more("val_size", 0.999),
    ),
    Refusal(
        "val_size",
        "Cannot specify val_size if eval_dataset is not None",
        lambda own: own.values.get("eval_dataset") is not None and own.more("val_size", 1e-6),
        (0, 8, 3),
    ),
    Refusal(
        "streaming",
        "Please specify max_steps in streaming mode",
        lambda own: own.on("streaming") and own.on("do_train") and not own.more("max_steps", 0),
    ),
    Refusal(
        "finetuning_type",
        "Cannot use LoRA with GaLore, APOLLO or BAdam together",
        lambda own: own.adapts and any(own.on(key) for key in OPTIMIZERS),
    ),
    Refusal(
        "use_galore",
        "GaLore and APOLLO are incompatible with DeepSpeed",
        lambda own: own.on("use_galore") and own.values.get("deepspeed") is not None,
    ),
    Refusal(
        "use_apollo",
        "GaLore and APOLLO are incompatible with DeepSpeed",
        lambda own: own.on("use_apollo") and own.values.get("deepspeed") is not None,
    ),
    *(
        Refusal(
            key, f"{key} is only valid for LoRA training", lambda own, key=key: own.on(key) and not own.adapts
        )
        for key in ("use_dora", "use_rslora", "pissa_init")
    ),
    Refusal(
        "pure_bf16",
        "pure_bf16 is incompatible with DeepSpeed ZeRO-3",
        lambda own: own.on("pure_bf16") and own.zero == 3,
        (0, 8),
    ),
    Refusal(
        "stage",
        "reward_model is necessary for PPO training",
        lambda own: own.stage == "ppo" and own.values.get("reward_model") is None,
    ),
    Refusal(
        "mask_history",
        "mask_history is incompatible with train_on_prompt",
        lambda own: own.on("mask_history") and own.on("train_on_prompt"),
        (0, 8, 3),
    ),
    Refusal(
        "interleave_probs",
        "interleave_probs is only valid for interleaved mixing",
        lambda own: (
            own.values.get("interleave_probs") is not None and own.word("mix_strategy", "concat") == "concat"
        ),
    ),
    Refusal(
        "dpo_label_smoothing",
        "dpo_label_smoothing is only valid for sigmoid loss function",
        lambda own: (
            own.stage == "dpo"
            and own.word("pref_loss", "sigmoid") != "sigmoid"
            and own.more("dpo_label_smoothing", 1e-6)
        ),
    ),
    Refusal(
        "use_llama_pro",
        "use_llama_pro is only valid for Freeze or LoRA training",
        lambda own: own.on("use_llama_pro") and own.word("finetuning_type", "lora") == "full",
    ),
    Refusal(
        "infer_backend",
        "vLLM backend is only available for API, CLI and Web",
        lambda own: own.on("do_train") and own.word("infer_backend", "huggingface") in ("vllm", "sglang"),
    ),
)
"""hparams/{parser,finetuning_args,data_args}.py, 0.7 to 0.9."""
