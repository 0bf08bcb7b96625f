"""The GPUs of this machine as their drivers tell them; `nvidia-smi` need not be there.

`python -m tunesmith.doctor.gpus` prints them: NVIDIA's library is loaded in a process of its own, because a
sick driver can hang or end whoever asks it.
"""

from __future__ import annotations

import ctypes
import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

LIBRARY = "libnvidia-ml.so.1"
LIMIT = 15.0


@dataclass(frozen=True)
class Gpu:
    name: str
    memory: int
    free: int | None = None


@dataclass(frozen=True)
class Gpus:
    """`driver` and `cuda`, the newest CUDA that it can run, are NVIDIA's. `problem`: why nothing is known."""

    devices: tuple[Gpu, ...] = ()
    driver: str | None = None
    cuda: tuple[int, int] | None = None
    problem: str | None = None


class _Memory(ctypes.Structure):
    _fields_ = [("total", ctypes.c_ulonglong), ("free", ctypes.c_ulonglong), ("used", ctypes.c_ulonglong)]


class NvmlError(Exception):
    """What the driver answered instead."""


def look(limit: float = LIMIT) -> Gpus:
    """Ask in another process; never raises."""
    command = [sys.executable, "-P", "-m", "tunesmith.doctor.gpus"]
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=limit, stdin=subprocess.DEVNULL, check=False
        )
    except subprocess.TimeoutExpired:
        return Gpus(problem=f"the NVIDIA driver did not answer within {limit:g} s")
    except OSError as error:
        return Gpus(problem=f"{error.filename}: {error.strerror}")
    if done.returncode:
        return Gpus(problem=f"asking the NVIDIA driver ended with code {done.returncode}")
    try:
        return from_json(done.stdout.splitlines()[-1])  # A driver may print something of its own.
    except (ValueError, IndexError):
        return Gpus(problem="asking the NVIDIA driver ended without an answer")


def from_json(text: str) -> Gpus:
    raw: dict[str, Any] = json.loads(text)
    devices = tuple(Gpu(**one) for one in raw["devices"])
    cuda = raw["cuda"]
    return Gpus(devices, raw["driver"], None if cuda is None else (cuda[0], cuda[1]), raw["problem"])


def read(library: str = LIBRARY, root: Path = Path("/")) -> Gpus:
    """What NVIDIA's library says where there is one, else what the kernel's files say."""
    try:
        nvml = ctypes.CDLL(library)
    except OSError:
        return _without_library(root)
    try:
        _call(nvml, "nvmlInit_v2")
    except NvmlError as error:
        return _without_library(root, str(error))
    devices = tuple(_nvidia(nvml))
    version = ctypes.c_int()
    _call(nvml, "nvmlSystemGetCudaDriverVersion_v2", ctypes.byref(version))
    cuda = version.value // 1000, version.value % 1000 // 10
    return Gpus(devices, _text(nvml, "nvmlSystemGetDriverVersion"), cuda)


def _nvidia(nvml: ctypes.CDLL) -> Iterator[Gpu]:
    number = ctypes.c_uint()
    _call(nvml, "nvmlDeviceGetCount_v2", ctypes.byref(number))
    for index in range(number.value):
        handle, memory = ctypes.c_void_p(), _Memory()
        _call(nvml, "nvmlDeviceGetHandleByIndex_v2", ctypes.c_uint(index), ctypes.byref(handle))
        _call(nvml, "nvmlDeviceGetMemoryInfo", handle, ctypes.byref(memory))
        yield Gpu(_text(nvml, "nvmlDeviceGetName", handle), memory.total, memory.free)


def _without_library(root: Path, said: str | None = None) -> Gpus:
    """`/proc/driver/nvidia` names GPUs and driver, `/sys` the memory of AMD's."""
    models = [
        line.partition(":")[2].strip()
        for file in sorted(root.glob("proc/driver/nvidia/gpus/*/information"))
        for line in file.read_text(errors="replace").splitlines()
        if line.startswith("Model:")
    ]
    if models:
        why = said or f"{LIBRARY} is not there"
        return Gpus(tuple(Gpu(model, 0) for model in models), problem=why)
    amd = tuple(
        Gpu("AMD GPU", int(file.read_text()))
        for file in sorted(root.glob("sys/class/drm/card*/device/mem_info_vram_total"))
        if (root / "dev" / "kfd").exists()
    )
    return Gpus(amd)


def _call(nvml: ctypes.CDLL, function: str, *arguments: Any) -> None:
    code: int = getattr(nvml, function)(*arguments)
    if code:
        nvml.nvmlErrorString.restype = ctypes.c_char_p
        words: bytes = nvml.nvmlErrorString(code) or b"unknown"
        raise NvmlError(f"{words.decode()} ({function}: {code})")


def _text(nvml: ctypes.CDLL, function: str, *arguments: Any) -> str:
    buffer = ctypes.create_string_buffer(96)
    _call(nvml, function, *arguments, buffer, ctypes.c_uint(len(buffer)))
    return buffer.value.decode("utf-8", "replace")


if __name__ == "__main__":
    try:
        seen = read()
    except NvmlError as error:
        seen = Gpus(problem=str(error))
    print(json.dumps(asdict(seen)))
