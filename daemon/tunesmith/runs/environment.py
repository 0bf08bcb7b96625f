"""What a run was made with: an allow-list, so that nothing private gets into a run folder."""

from __future__ import annotations

import os
import platform
from collections.abc import Mapping
from typing import Any

from tunesmith.facts.interpreter import Interpreter
from tunesmith.facts.packages import versions
from tunesmith.runs.hardware import hardware
from tunesmith.runs.machine import Machine

VARIABLES = (
    "CUDA_VISIBLE_DEVICES",
    "CUBLAS_WORKSPACE_CONFIG",
    "HF_HOME",
    "NCCL_DEBUG",
    "OMP_NUM_THREADS",
    "PYTHONHASHSEED",
    "TOKENIZERS_PARALLELISM",
)


def describe(
    interpreter: Interpreter, machine: Machine, inherited: Mapping[str, str] = os.environ
) -> dict[str, Any]:
    """Machine, interpreter and every package beside it, read from names of files: nothing is run."""
    return {
        "python": interpreter.version,
        "interpreter": str(interpreter.path),
        "host": platform.node(),
        "system": platform.system(),
        "release": platform.release(),
        "architecture": platform.machine(),
        "cpus": machine.cpus,
        "accelerators": machine.accelerators,
        **hardware(),
        "variables": {name: inherited[name] for name in VARIABLES if name in inherited},
        "packages": dict(sorted(versions(interpreter.site_packages).items())),
    }
