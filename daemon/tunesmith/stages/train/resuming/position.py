"""Where in its data a training stands, and whether a resumed one stands there too."""

from __future__ import annotations

from typing import Any

from transformers import TrainerState, TrainingArguments

BY_SEED = ("SeedableRandomSampler", "SequentialSampler", "DistributedSampler")
"""Samplers whose order follows from seed and epoch. Others draw it when an epoch begins, and forget it."""


def sampler_of(loader: Any) -> Any:
    """The sampler under all wrappers of a data loader; None where there is none."""
    place = getattr(loader, "batch_sampler", None) or loader
    while (inner := getattr(place, "batch_sampler", None)) is not None:
        place = inner
    return getattr(place, "sampler", None)


def order_of(loader: Any, args: TrainingArguments) -> dict[str, Any]:
    """All that the order of the batches follows from."""
    sampler = sampler_of(loader)
    return {
        "sampler": type(sampler).__name__,
        "seed": getattr(sampler, "initial_seed", None),
        "rows": _length(sampler),
        "batches": _length(loader),
        "batch_size": args.per_device_train_batch_size,
        "accumulation": args.gradient_accumulation_steps,
        "workers": args.dataloader_num_workers,
    }


def epoch_of(order: dict[str, Any], state: TrainerState) -> tuple[int, int] | None:
    """The epoch that the next step belongs to, and how many of its steps are done; None if endless."""
    batches = order.get("batches")
    if not batches:
        return None
    steps = max(1, -(-batches // order["accumulation"]))
    return state.global_step // steps, state.global_step % steps


def difference(
    saved: dict[str, Any], now: dict[str, Any], loader: Any, state: TrainerState, args: TrainingArguments
) -> str | None:
    """Why the next batches are others than they would have been; None when they are the same."""
    for name in saved:
        if now.get(name) != saved[name]:
            return f"{name.replace('_', ' ')}: {saved[name]} then, {now.get(name)} now"
    place = epoch_of(now, state)
    if place is None:
        return "the data has no length"
    epoch, done = place
    if done and args.ignore_data_skip:
        return "ignore_data_skip starts the epoch again"
    if done and now["sampler"] not in BY_SEED:
        return f"{now['sampler']} draws an order of its own each epoch"
    at = getattr(sampler_of(loader), "epoch", None)
    # A loader reads ahead: near the end of an epoch its sampler has done with it already.
    ended = _batches_left(now, done) <= _read_ahead(now, args)
    if at is not None and at not in (epoch, epoch + ended):
        return f"the sampler stands in epoch {at} instead of {epoch}"
    return None


def _batches_left(order: dict[str, Any], done: int) -> int:
    return order["batches"] - done * order["accumulation"]


def _read_ahead(order: dict[str, Any], args: TrainingArguments) -> int:
    """The batches of a step at once, accelerate's one more, and what workers are given to do."""
    return order["accumulation"] + 1 + order["workers"] * (args.dataloader_prefetch_factor or 2)


def _length(value: Any) -> int | None:
    try:
        return len(value)
    except TypeError:
        return None
