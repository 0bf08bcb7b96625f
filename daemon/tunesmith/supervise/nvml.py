"""What each process uses of the NVIDIA GPUs, asked of the driver's own library (NVML) without any package.

Where the library is not installed, or has no answer, there is simply nothing to tell.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

_LIBRARIES = ("libnvidia-ml.so.1", "libnvidia-ml.so")
_SUCCESS, _INSUFFICIENT_SIZE = 0, 7
_NOT_KNOWN = (1 << 64) - 1
"""NVML's word for memory that it cannot tell of a process."""
_MOST = 1024
"""Processes on one GPU."""


@dataclass(frozen=True)
class GpuUse:
    """`memory` in bytes; `percent` of the time in which a kernel of the process ran, None when not known."""

    memory: int
    percent: float | None


class _ProcessInfo(ctypes.Structure):
    """nvmlProcessInfo_t"""

    _fields_ = [
        ("pid", ctypes.c_uint),
        ("memory", ctypes.c_ulonglong),
        ("gpu_instance", ctypes.c_uint),
        ("compute_instance", ctypes.c_uint),
    ]


class _Sample(ctypes.Structure):
    """nvmlProcessUtilizationSample_t"""

    _fields_ = [
        ("pid", ctypes.c_uint),
        ("time", ctypes.c_ulonglong),
        ("sm", ctypes.c_uint),
        ("memory", ctypes.c_uint),
        ("encoder", ctypes.c_uint),
        ("decoder", ctypes.c_uint),
    ]


class Nvml:
    """An open connection to the driver. Raises AttributeError for one that lacks a function."""

    def __init__(self, library: Any) -> None:
        self._running = library.nvmlDeviceGetComputeRunningProcesses_v3
        self._utilization = library.nvmlDeviceGetProcessUtilization
        count = ctypes.c_uint()
        self._last: dict[int, int] = {}
        self._devices: list[ctypes.c_void_p] = []
        if library.nvmlDeviceGetCount_v2(ctypes.byref(count)) != _SUCCESS:
            return
        for index in range(count.value):
            device = ctypes.c_void_p()
            if library.nvmlDeviceGetHandleByIndex_v2(index, ctypes.byref(device)) == _SUCCESS:
                self._devices.append(device)

    @property
    def count(self) -> int:
        """How many GPUs there are."""
        return len(self._devices)

    def use(self) -> dict[int, GpuUse]:
        """By process id, over all GPUs together."""
        memory: list[tuple[int, int]] = []
        busy: list[tuple[int, float]] = []
        for number, device in enumerate(self._devices):
            memory += self._memory(device)
            busy += self._busy(number, device)
        return added_up(memory, busy)

    def _memory(self, device: ctypes.c_void_p) -> list[tuple[int, int]]:
        count = ctypes.c_uint(_MOST)
        infos = (_ProcessInfo * _MOST)()
        if self._running(device, ctypes.byref(count), infos) != _SUCCESS:
            return []
        return [(info.pid, info.memory) for info in infos[: count.value] if info.memory != _NOT_KNOWN]

    def _busy(self, number: int, device: ctypes.c_void_p) -> list[tuple[int, float]]:
        """Of the samples that the driver took since the last call, the mean of each process."""
        since = ctypes.c_ulonglong(self._last.get(number, 0))
        count = ctypes.c_uint(0)
        if self._utilization(device, None, ctypes.byref(count), since) not in (_SUCCESS, _INSUFFICIENT_SIZE):
            return []
        samples = (_Sample * max(1, count.value))()
        if not count.value or self._utilization(device, samples, ctypes.byref(count), since) != _SUCCESS:
            return []
        taken = samples[: count.value]
        self._last[number] = max(sample.time for sample in taken)
        return means((sample.pid, float(sample.sm)) for sample in taken if sample.time > since.value)


def connect() -> Nvml | None:
    """None where there is no NVIDIA driver, or it does not answer."""
    for name in _LIBRARIES:
        try:
            library = ctypes.CDLL(name)
        except OSError:
            continue
        try:
            return Nvml(library) if library.nvmlInit_v2() == _SUCCESS else None
        except AttributeError:  # A driver that is older than the functions that are called here.
            return None
    return None


def means(samples: Iterable[tuple[int, float]]) -> list[tuple[int, float]]:
    """The mean of the samples of each process."""
    found: dict[int, list[float]] = {}
    for pid, value in samples:
        found.setdefault(pid, []).append(value)
    return [(pid, sum(values) / len(values)) for pid, values in found.items()]


def added_up(memory: Iterable[tuple[int, int]], busy: Iterable[tuple[int, float]]) -> dict[int, GpuUse]:
    """One value a process, over the GPUs that it uses. What only computes and holds no memory is left out."""
    total: dict[int, int] = {}
    for pid, used in memory:
        total[pid] = total.get(pid, 0) + used
    share: dict[int, float] = {}
    for pid, percent in busy:
        share[pid] = share.get(pid, 0.0) + percent
    return {pid: GpuUse(used, share.get(pid)) for pid, used in total.items()}
