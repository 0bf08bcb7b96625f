"""What transformers' TrainingArguments and Trainer refuse."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from accelerate.utils.dataclasses import TorchDynamoPlugin
from transformers import DataCollatorForLanguageModeling, EarlyStoppingCallback

from corpus.replays import parts
from corpus.replays.replay import Replay


def refuses(**given: Any) -> Any:
    """A call that makes the arguments."""
    return lambda folder: parts.arguments(folder, **given)


def trains(**given: Any) -> Any:
    return lambda folder: parts.trainer(folder, **given).train()


def stops_early(folder: Path) -> None:
    trainer = parts.trainer(folder, metric_for_best_model="loss")
    trainer.add_callback(EarlyStoppingCallback())
    trainer.train()


def evaluates_on_nothing(folder: Path) -> None:
    parts.trainer(folder).evaluate()


def streams(folder: Path) -> None:
    parts.trainer(folder, data=parts.rows().to_iterable_dataset()).train()


def takes_columns_away(folder: Path) -> None:
    parts.trainer(folder, data=parts.rows().rename_columns({"input_ids": "a", "labels": "b"})).train()


def resumes_from_nothing(folder: Path) -> None:
    parts.trainer(folder).train(resume_from_checkpoint=True)


def resumes_from_elsewhere(folder: Path) -> None:
    parts.trainer(folder).train(resume_from_checkpoint=str(folder / "checkpoint-5"))


def trains_quantized_weights(folder: Path) -> None:
    model: Any = parts.decoder()
    model.is_quantized = True  # What from_pretrained sets of a model that it quantizes.
    parts.trainer(folder, model)


def stops_early_by_nothing(folder: Path) -> None:
    trainer = parts.trainer(folder)
    trainer.add_callback(EarlyStoppingCallback())
    trainer.train()


class Wrapped(torch.nn.Module):
    """A model whose labels nobody sees from outside."""

    def __init__(self) -> None:
        super().__init__()
        self.inner = parts.decoder()

    def forward(self, *given: Any, **named: Any) -> Any:
        return self.inner(*given, **named)


def looks_for_a_loss(folder: Path) -> None:
    every = {"eval_strategy": "epoch", "save_strategy": "epoch", "load_best_model_at_end": True}
    parts.trainer(folder, Wrapped(), evaluated=parts.rows(), remove_unused_columns=False, **every).train()


def looks_for_a_metric(folder: Path) -> None:
    every = {"eval_strategy": "epoch", "save_strategy": "epoch", "load_best_model_at_end": True}
    parts.trainer(folder, evaluated=parts.rows(), metric_for_best_model="f1", **every).train()


def makes_no_labels(folder: Path) -> None:
    parts.trainer(folder, data=parts.rows().remove_columns("labels")).train()


def masks_without_a_mask(folder: Path) -> None:
    DataCollatorForLanguageModeling(parts.tokenizer(unk_token="?"))


PURELY_QUANTIZED = "You cannot perform fine-tuning on purely quantized models"

REPLAYS = (
    Replay(
        "TN630",
        "RuntimeError",
        "Unrecognized mode=",
        lambda _: torch.compile(torch.nn.Linear(1, 1), mode="max_autotune"),
    ),
    Replay(
        "TN630",
        "ValueError",
        "is not a valid DynamoBackend",
        lambda _: TorchDynamoPlugin(backend="inducter"),  # pyright: ignore[reportArgumentType]
    ),
    Replay("TN270", "KeyError", "'eval_loss', which is not found in the evaluation", looks_for_a_loss),
    Replay("TN661", "ValueError", PURELY_QUANTIZED, trains_quantized_weights),
    Replay("TN662", "ValueError", PURELY_QUANTIZED, trains_quantized_weights),
    Replay("TN229", "ValueError", "must be an integer if bigger than 1", refuses(save_steps=12.5)),
    Replay(
        "TN264",
        "ValueError",
        "One of min_lr or min_lr_rate should be set",
        trains(lr_scheduler_type="cosine_with_min_lr"),
    ),
    Replay(
        "TN277",
        "TypeError",
        "got an unexpected keyword argument 'eta_min'",
        trains(lr_scheduler_type="cosine", lr_scheduler_kwargs={"eta_min": 1e-6}),
    ),
    Replay(
        "TN265", "ValueError", "--dataloader_prefetch_factor can only", refuses(dataloader_prefetch_factor=2)
    ),
    Replay(
        "TN273",
        "ValueError",
        "`args.metric_for_best_model` must be provided when using 'best' save_strategy",
        trains(save_strategy="best"),
    ),
    Replay(
        "TN274",
        "ValueError",
        "persistent_workers option needs num_workers > 0",
        trains(dataloader_persistent_workers=True),
    ),
    Replay("TN275", "ValueError", "is not supported, only", trains(report_to="tensorbord")),
    Replay("TN326", "ValueError", "does not have a mask token", masks_without_a_mask),
    Replay("TN267", "KeyError", "which is not found in the evaluation metrics", looks_for_a_metric),
    Replay("TN268", "AssertionError", "requires metric_for_best_model to be defined", stops_early_by_nothing),
    Replay("TN254", "ValueError", "The model did not return a loss from the inputs", makes_no_labels),
    Replay("TN606", "ValueError", "--tf32 requires Ampere or a newer GPU arch", refuses(tf32=True)),
    Replay(
        "TN655",
        "ValueError",
        PURELY_QUANTIZED,
        trains_quantized_weights,
    ),
    Replay(
        "TN263",
        "ValueError",
        "Using --fsdp xxx together with --deepspeed is not possible",
        trains(fsdp="full_shard", deepspeed={"zero_optimization": {"stage": 2}}),
    ),
    Replay("TN201", "TypeError", "got an unexpected keyword argument", refuses(learning_rat=5e-5)),
    Replay("TN202", "TypeError", "got an unexpected keyword argument", refuses(evaluation_strategy="epoch")),
    Replay("TN205", "TypeError", "'<=' not supported between instances of", trains(learning_rate="5e-5")),
    Replay("TN206", "ValueError", "is not a valid IntervalStrategy", refuses(eval_strategy="epohc")),
    Replay("TN217", "ValueError", "requires non-zero --logging_steps", refuses(logging_steps=0)),
    Replay("TN217", "ValueError", "warmup_steps", refuses(warmup_steps=-1)),
    Replay("TN276", "ZeroDivisionError", "by zero", trains(gradient_accumulation_steps=0)),
    Replay("TN276", "ValueError", "batch_size should be", trains(per_device_train_batch_size=0)),
    Replay(
        "TN214",
        "ValueError",
        "requires the save and eval strategy to match",
        refuses(load_best_model_at_end=True, eval_strategy="epoch", save_strategy="steps"),
    ),
    Replay(
        "TN214",
        "ValueError",
        "the saving steps to be a round multiple of the evaluation steps",
        refuses(load_best_model_at_end=True, eval_strategy="steps", eval_steps=20, save_steps=30),
    ),
    Replay(
        "TN216", "ValueError", "requires an eval strategy", refuses(lr_scheduler_type="reduce_lr_on_plateau")
    ),
    Replay("TN215", "ValueError", "At most one of fp16 and bf16 can be True", refuses(fp16=True, bf16=True)),
    Replay("TN220", "ValueError", "Your setup doesn't support bf16/gpu.", refuses(bf16=True, use_cpu=False)),
    Replay("TN603", "ValueError", "--tf32 requires Ampere or a newer GPU arch", refuses(tf32=True)),
    Replay("TN218", "ValueError", "You have set `args.eval_strategy` to", trains(eval_strategy="epoch")),
    Replay("TN453", "AssertionError", "EarlyStoppingCallback requires IntervalStrategy", stops_early),
    Replay("TN241", "ValueError", "evaluation requires an eval_dataset", evaluates_on_nothing),
    Replay("TN242", "ValueError", "the number of training steps cannot be inferred", streams),
    Replay("TN244", "ValueError", "No columns in the dataset match", takes_columns_away),
    Replay("TN231", "ValueError", "No valid checkpoint found in output directory", resumes_from_nothing),
    Replay("TN232", "ValueError", "Can't find a valid checkpoint at", resumes_from_elsewhere),
    Replay("TN417", "ValueError", "Using fsdp only works in distributed training", trains(fsdp="full_shard")),
    Replay(
        "TN422",
        "ValueError",
        "Using --fsdp xxx together with --deepspeed is not possible",
        trains(fsdp="full_shard", deepspeed={"zero_optimization": {"stage": 2}}),
    ),
    Replay(
        "TN514",
        "ValueError",
        PURELY_QUANTIZED,
        trains_quantized_weights,
    ),
)
