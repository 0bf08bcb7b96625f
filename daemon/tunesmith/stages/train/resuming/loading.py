"""Loading a checkpoint on several CPU ranks with transformers 4.

It asks torch to put the optimizer's state on the rank's device, which accelerate calls "cpu:0" there. torch
knows no CPU by a number: `don't know how to restore data location of torch.storage.UntypedStorage`.
"""

from __future__ import annotations

import re
from functools import cache

import torch
from torch.serialization import STORAGE

AFTER_ALL_OTHERS = 1000
_NUMBERED = re.compile(r"cpu:\d+")


@cache
def know_numbered_cpus() -> None:
    """From now on what belongs on "cpu:0" is left where it was read: in the memory of the CPU."""
    torch.serialization.register_package(AFTER_ALL_OTHERS, lambda _: None, _left)


def _left(storage: STORAGE, location: str) -> STORAGE | None:
    return storage if _NUMBERED.fullmatch(location) else None
