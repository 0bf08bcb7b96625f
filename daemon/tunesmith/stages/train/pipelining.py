"""What a pipeline of stages cannot do. Pure: rules and ranks ask alike."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tunesmith.stages.train.config import Pipeline, Task

SPLITTABLE = ("llama", "mistral", "qwen2", "qwen3")
"""Model types that are a token embedding, a row of like layers, a norm and a head, and nothing beside."""
DEFAULT_BATCH = 8


@dataclass(frozen=True)
class Refusal:
    """`path` is the key to change, `why` a sentence."""

    path: tuple[str, ...]
    why: str


def refusals(
    pipeline: Pipeline,
    task: Task | None,
    train: Mapping[str, Any],
    accelerate: Mapping[str, Any],
    others: Mapping[str, object],
) -> Iterator[Refusal]:
    """`others` are the sections that stand beside it, by the path of each, joined by dots."""
    if task not in (None, Task.CAUSAL_LM):
        yield Refusal(("task",), "A pipeline trains causal-lm alone")
    for name, value in others.items():
        if value:
            yield Refusal(tuple(name.split(".")), f"{name} cannot be combined with a pipeline")
    yield from _of_sizes(pipeline, train, accelerate)
    if train.get("eval_strategy", "no") != "no" or train.get("eval_on_start"):
        key = "eval_on_start" if train.get("eval_on_start") else "eval_strategy"
        yield Refusal(("train", key), "A pipeline does not evaluate: evaluate the model that it leads to")
    if train.get("fp16") or accelerate.get("mixed_precision") == "fp16":
        path = ("train", "fp16") if train.get("fp16") else ("accelerate", "mixed_precision")
        yield Refusal(path, "A pipeline scales no loss, which fp16 needs: bf16 needs none")
    for key in ("load_best_model_at_end", "auto_find_batch_size", "fsdp", "torch_compile"):
        if train.get(key):
            yield Refusal(("train", key), f"{key} cannot be combined with a pipeline")


def _of_sizes(
    pipeline: Pipeline, train: Mapping[str, Any], accelerate: Mapping[str, Any]
) -> Iterator[Refusal]:
    stages, pieces = pipeline.stages, pipeline.microbatches
    if stages < 2:
        yield Refusal(("pipeline", "stages"), "A pipeline has at least two stages")
    ranks = accelerate.get("num_processes", 1)
    if isinstance(ranks, int) and ranks != stages:
        yield Refusal(("pipeline", "stages"), f"{stages} stages need {stages} processes, not {ranks}")
    if pieces < max(stages, 1):
        yield Refusal(("pipeline", "microbatches"), f"{stages} stages need at least {stages} microbatches")
    batch = train.get("per_device_train_batch_size", DEFAULT_BATCH)
    if isinstance(batch, int) and pieces > 0 and batch % pieces:
        yield Refusal(("pipeline", "microbatches"), f"A batch of {batch} has no {pieces} equal parts")


def unsplittable(pipeline: Pipeline, model_type: object, layers: object, tied: object) -> Iterator[Refusal]:
    """What is not known of the model is None."""
    if isinstance(model_type, str) and model_type not in SPLITTABLE:
        known = ", ".join(SPLITTABLE)
        yield Refusal(("pipeline",), f"Models of type {model_type} cannot be split into stages: only {known}")
    elif tied is True:
        why = "its first and its last stage would share a weight (tie_word_embeddings)"
        yield Refusal(("pipeline",), f"The model cannot be split into stages: {why}")
    if isinstance(layers, int) and layers < pipeline.stages:
        yield Refusal(("pipeline", "stages"), f"The model has {layers} layers for {pipeline.stages} stages")


def share(layers: int, stages: int, stage: int) -> range:
    """The layers of a stage: as many for each as can be, the first ones get those that are left over."""
    each, more = divmod(layers, stages)
    start = stage * each + min(stage, more)
    return range(start, start + each + (stage < more))
