"""Whether this machine has an accelerator, told by its device files; no driver is asked."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

DEVICES = (
    "nvidia*",
    "kfd",
    "dri/renderD*",
    "dxg",
    "accel*",
    "vfio/[0-9]*",
    "davinci*",
    "hl*",
    "xpu*",
    "cambricon*",
    "mtgpu*",
    "neuron*",
)


@dataclass(frozen=True)
class Machine:
    """`accelerator` is None where device files say nothing, as on macOS."""

    accelerator: bool | None


def read_machine(devices: Path = Path("/dev"), platform: str = sys.platform) -> Machine:
    if platform != "linux" or not devices.is_dir():
        return Machine(None)
    return Machine(any(any(devices.glob(pattern)) for pattern in DEVICES))
