"""THE table of cases: who is killed, how many ranks there are, what they do at that moment. Pure."""

from __future__ import annotations

import enum
from dataclasses import dataclass


class Start(enum.StrEnum):
    """How the run was launched: when it was started, or ahead, and parked after its imports."""

    COLD = "cold"
    PARKED = "parked"


class Moment(enum.StrEnum):
    """What the ranks do when it happens."""

    WAITING = "waiting for the go"
    """Parked: there is no run yet. Whoever then presses Train gets one."""
    LOADING = "loading"
    STEPPING = "stepping"
    SAVING = "writing a checkpoint"


class Victim(enum.StrEnum):
    """Who gets the SIGKILL."""

    DAEMON = "daemon"
    METRICS = "metrics process"
    EXTENSION_HOST = "extension host"
    CODE_SERVER = "code-server"
    SUPERVISOR = "supervisor"
    LAUNCHER = "launcher"
    RANK_0 = "rank 0"
    RANK_1 = "rank 1"
    HUNGRY = "the rank that eats all memory"
    """By the system itself: the last rank."""


WATCHERS = (Victim.DAEMON, Victim.METRICS)
"""Those that only look on: killing them concerns no run."""
EDITOR = (Victim.EXTENSION_HOST, Victim.CODE_SERVER)
"""They look on, too: what a window stands on."""


OWN = (Victim.SUPERVISOR, Victim.LAUNCHER, Victim.RANK_0, Victim.RANK_1)
"""Those that a parked start has, too."""


@dataclass(frozen=True)
class Case:
    victim: Victim
    ranks: int
    moment: Moment
    start: Start = Start.COLD

    def __str__(self) -> str:
        ranks = "1 rank" if self.ranks == 1 else f"{self.ranks} ranks"
        return f"{self.victim.value} · {ranks} · {self.moment.value} · {self.start.value}"


@dataclass(frozen=True)
class Fate:
    """How the run ends, and how its message begins."""

    cause: str = "finished"
    message: str | None = None


def exists(case: Case) -> bool:
    """One rank has no second; nobody looks at what is parked; and a rank eats while it trains.

    What is parked is parked for one environment, and a window has another one than the matrix.
    """
    if case.victim is Victim.RANK_1 and case.ranks == 1:
        return False
    if case.moment is Moment.WAITING:
        return case.start is Start.PARKED and case.victim in OWN
    if case.start is Start.PARKED and case.victim in EDITOR:
        return False
    return case.victim is not Victim.HUNGRY or case.moment is not Moment.LOADING


MATRIX = tuple(
    case
    for start in Start
    for ranks in (1, 2)
    for moment in Moment
    for victim in Victim
    if exists(case := Case(victim, ranks, moment, start))
)

QUICK = (
    Case(Victim.CODE_SERVER, 1, Moment.SAVING),
    Case(Victim.EXTENSION_HOST, 1, Moment.STEPPING),
    Case(Victim.RANK_1, 2, Moment.STEPPING),
    Case(Victim.SUPERVISOR, 1, Moment.WAITING, Start.PARKED),
    Case(Victim.HUNGRY, 1, Moment.STEPPING),
    Case(Victim.RANK_0, 1, Moment.SAVING),
    Case(Victim.LAUNCHER, 1, Moment.STEPPING, Start.PARKED),
    Case(Victim.DAEMON, 1, Moment.SAVING),
    Case(Victim.METRICS, 1, Moment.LOADING),
)
"""One of each kind: every victim, every moment, both numbers of ranks,
both starts. The longest come first: two are played at a time."""


def fate(case: Case) -> Fate:
    """What the death of the victim leads to: of a rank the end of the run, of others nothing.

    But for the launcher of several ranks that have not met yet: only it knows where they are to.
    """
    if case.moment is Moment.WAITING:
        return Fate()
    if case.victim in (Victim.RANK_0, Victim.RANK_1):
        return Fate("signalled", f"{case.victim.value.capitalize()} was ended by SIGKILL. Nobody asked for")
    if case.victim is Victim.HUNGRY:
        out = "was ended by SIGKILL. The system was out of memory and killed it."
        return Fate("signalled", f"Rank {case.ranks - 1} {out}")
    if case.victim is Victim.LAUNCHER and case.ranks > 1 and case.moment is Moment.LOADING:
        return Fate("signalled", "The launcher was ended by SIGKILL.")
    return Fate()
