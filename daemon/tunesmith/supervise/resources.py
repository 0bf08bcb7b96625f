"""What each rank uses, from two looks at the machine's processes. Pure: how to look is given."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from tunesmith.supervise import process_table
from tunesmith.supervise.nvml import GpuUse
from tunesmith.supervise.process_table import Table

GIGABYTE = 1e9


@dataclass(frozen=True)
class Use:
    """What a rank and its children (data-loading workers …) use together. Memory in bytes.

    `cpu_percent` is of one core and needs two looks. The GPU's are None where nothing tells them.
    """

    memory: int
    cpu_percent: float | None = None
    gpu_memory: int | None = None
    gpu_percent: float | None = None


@dataclass(frozen=True)
class _Look:
    at: float
    processes: Table


class Meter:
    """Remembers the last look, because a share of a core is a difference."""

    def __init__(
        self,
        table: Callable[[], Table] = process_table.table,
        own_memory: Callable[[int], int | None] = process_table.own_memory,
        gpus: Callable[[], Mapping[int, GpuUse]] = dict[int, GpuUse],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._table = table
        self._own_memory = own_memory
        self._gpus = gpus
        self._clock = clock
        self._before: _Look | None = None

    def read(self, ranks: Mapping[int, int]) -> dict[int, Use]:
        """What the ranks that live use now, by rank. `ranks`: process id by rank."""
        look = _Look(self._clock(), self._table())
        living = {rank: pid for rank, pid in ranks.items() if pid in look.processes}
        below = process_table.families(living.values(), look.processes)
        gpus: Mapping[int, GpuUse] = self._gpus() if living else {}
        before, self._before = self._before, look
        return {rank: self._use(pid, below[pid], look, before, gpus) for rank, pid in living.items()}

    def _use(
        self, pid: int, children: set[int], look: _Look, before: _Look | None, gpus: Mapping[int, GpuUse]
    ) -> Use:
        family = {pid, *children}
        # What a forked child shares with the rank is counted once.
        own = {child: self._own_memory(child) for child in children}
        memory = look.processes[pid].memory + sum(
            look.processes[child].memory if bytes_ is None else bytes_ for child, bytes_ in own.items()
        )
        gpu = [gpus[member] for member in family if member in gpus]
        busy = [each.percent for each in gpu if each.percent is not None]
        return Use(
            memory,
            cpu_percent(family, look.processes, before and before.processes, look.at - (before or look).at),
            sum(each.memory for each in gpu) if gpu else None,
            sum(busy) if busy else None,
        )


def cpu_percent(family: set[int], now: Table, before: Table | None, seconds: float) -> float | None:
    """Of one core, over the time between the two looks; None while there was only one."""
    shares = [share for pid in family if (share := now[pid].share) is not None]
    if shares:
        return 100 * sum(shares)
    if before is None or seconds <= 0:
        return None
    used = 0.0
    for pid in family:
        earlier = before.get(pid)
        known = earlier is not None and earlier.started == now[pid].started
        used += max(0.0, now[pid].seconds - (earlier.seconds if earlier and known else 0.0))
    return 100 * used / seconds


def scalars(uses: Mapping[int, Use]) -> dict[str, float]:
    """As tags of an event file: `rank-0/cpu_percent`. What is not known has no tag."""
    found: dict[str, float] = {}
    for rank, use in sorted(uses.items()):
        values = {
            "cpu_percent": use.cpu_percent,
            "memory_gb": use.memory / GIGABYTE,
            "gpu_memory_gb": None if use.gpu_memory is None else use.gpu_memory / GIGABYTE,
            "gpu_percent": use.gpu_percent,
        }
        found.update({f"rank-{rank}/{name}": value for name, value in values.items() if value is not None})
    return found
