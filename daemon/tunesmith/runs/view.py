"""A run as it is shown: plain values with the names of the wire's `Run`."""

from __future__ import annotations

from dataclasses import dataclass, field, replace


@dataclass(frozen=True)
class RankView:
    """One training process. Memory in bytes; what it uses is None when it has ended or nothing tells."""

    number: int
    pid: int
    alive: bool
    outcome: str | None = None
    error: str | None = None
    log: str | None = None
    traceback: str | None = None
    cpu_percent: float | None = None
    memory: int | None = None
    gpu_memory: int | None = None
    gpu_percent: float | None = None


@dataclass(frozen=True)
class ResumedView:
    """What an attempt went on from. `proved`: its ranks have loaded it, and `label` says what they saw."""

    checkpoint: str
    step: int | None
    why: str
    label: str | None
    reason: str | None = None
    proved: bool = False
    replayed: int = 0


@dataclass(frozen=True)
class RunView:
    """What was seen of a run at one moment. Times are seconds since the epoch, paths absolute."""

    id: str
    name: str
    folder: str
    recipe: str
    state: str
    created: float
    phase: str | None = None
    cause: str | None = None
    message: str | None = None
    supervised: bool = True
    attempt: int = 0
    world_size: int | None = None
    step: int = 0
    total_steps: int | None = None
    epoch: float | None = None
    loss: float | None = None
    metrics: dict[str, float] = field(default_factory=dict[str, float])
    ended: float | None = None
    seconds_left: float | None = None
    steps_per_second: float | None = None
    stop: str | None = None
    log: str | None = None
    ranks: tuple[RankView, ...] = ()
    job: str | None = None
    place: int | None = None
    parent: str | None = None
    resumed: ResumedView | None = None
    note: str = ""
    tags: tuple[str, ...] = ()

    def looks_like(self, other: RunView) -> bool:
        """Whether nothing worth telling changed: the time left runs by itself, and a NaN equals itself."""
        return repr(replace(self, seconds_left=None)) == repr(replace(other, seconds_left=None))
