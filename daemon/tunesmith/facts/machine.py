"""Whether this machine has an accelerator, told by its device files, and Slurm; nobody is asked."""

from __future__ import annotations

import shutil
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
    """`accelerator` is None where device files say nothing, as on macOS. `slurm` says whether jobs can be
    submitted from here."""

    accelerator: bool | None
    slurm: bool = False


def read_machine(devices: Path = Path("/dev"), platform: str = sys.platform) -> Machine:
    slurm = shutil.which("sbatch") is not None
    if platform != "linux" or not devices.is_dir():
        return Machine(None, slurm)
    return Machine(any(any(devices.glob(pattern)) for pattern in DEVICES), slurm)
