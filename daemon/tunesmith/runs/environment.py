"""What a run was made with: an allow-list, so that nothing private gets into a run folder."""

from __future__ import annotations

import os
import platform
from importlib import metadata
from typing import Any

from tunesmith.facts.interpreter import Interpreter
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


def describe(interpreter: Interpreter, machine: Machine) -> dict[str, Any]:
    return {
        "python": interpreter.version,
        "interpreter": str(interpreter.path),
        "system": platform.system(),
        "release": platform.release(),
        "architecture": platform.machine(),
        "cpus": machine.cpus,
        "accelerators": machine.accelerators,
        "variables": {name: os.environ[name] for name in VARIABLES if name in os.environ},
        "packages": packages(interpreter),
    }


def packages(interpreter: Interpreter) -> dict[str, str]:
    """Version by name of all that is installed, read from the folders' metadata."""
    found = metadata.distributions(path=[str(folder) for folder in interpreter.site_packages])
    named = {str(found_one.metadata["Name"]): found_one.version for found_one in found}
    return dict(sorted(named.items(), key=lambda item: item[0].lower()))
