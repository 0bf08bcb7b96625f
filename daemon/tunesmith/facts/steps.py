"""How many optimizer steps a training takes, computed as transformers' Trainer does."""

from __future__ import annotations

import math
from collections.abc import Mapping

from tunesmith.core.numbers import number

DEFAULT_BATCH_SIZE = 8
DEFAULT_EPOCHS = 3.0


def total_steps(
    train: Mapping[str, object],
    accelerate: Mapping[str, object],
    rows: int | None,
    split: Mapping[str, object],
    max_rows: object = None,
    validation: object = None,
) -> int | None:
    """An upper bound that is reached but for the rounding of the split; None when it is not known.

    `validation` is a file to evaluate on, if there is one: then the split holds back rows to test on alone.
    Several processes share the batches: without `accelerate.num_processes` one is assumed.
    """
    max_steps = number(train.get("max_steps", -1))
    if max_steps is None:
        return None
    if max_steps > 0:
        return math.ceil(max_steps)
    held_back = {name: share for name, share in split.items() if not (validation and name == "validation")}
    kept = _kept_rows(rows, held_back, max_rows)
    batch = _whole(train.get("per_device_train_batch_size", DEFAULT_BATCH_SIZE))
    accumulation = _whole(train.get("gradient_accumulation_steps", 1))
    processes = _whole(accelerate.get("num_processes", 1))
    epochs = number(train.get("num_train_epochs", DEFAULT_EPOCHS))
    if kept is None or batch is None or accumulation is None or processes is None or epochs is None:
        return None
    batches = kept // batch if train.get("dataloader_drop_last") is True else math.ceil(kept / batch)
    per_process = math.ceil(batches / processes)
    per_epoch = max(math.ceil(per_process / accumulation), 1)
    return math.ceil(epochs * per_epoch)


def _kept_rows(rows: int | None, split: Mapping[str, object], max_rows: object) -> int | None:
    """The rows that training sees."""
    most = None if max_rows is None else _whole(max_rows)
    if rows is None or (max_rows is not None and most is None):
        return None
    used = rows if most is None else min(rows, most)
    held = 0
    for name in ("validation", "test"):
        share = split.get(name)
        if share is None:
            continue
        part = number(share)
        if part is None or not 0 <= part < 1:
            return None
        held += math.floor(used * part)
    return max(used - held, 0)


def _whole(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else None
