"""THE table of cases: who is killed, how many ranks there are, what they do at that moment. Pure."""

from __future__ import annotations

import enum
from dataclasses import dataclass


class Start(enum.StrEnum):
    """How the run was launched. A launch that was parked after its imports would be a second row here."""

    COLD = "cold"


class Moment(enum.StrEnum):
    """What the ranks do when it happens."""

    LOADING = "loading"
    STEPPING = "stepping"
    SAVING = "writing a checkpoint"


class Victim(enum.StrEnum):
    """Who gets the SIGKILL."""

    DAEMON = "daemon"
    METRICS = "metrics process"
    SUPERVISOR = "supervisor"
    LAUNCHER = "launcher"
    RANK_0 = "rank 0"
    RANK_1 = "rank 1"


WATCHERS = (Victim.DAEMON, Victim.METRICS)
"""Those that only look on: killing them concerns no run."""


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


MATRIX = tuple(
    Case(victim, ranks, moment, start)
    for start in Start
    for ranks in (1, 2)
    for moment in Moment
    for victim in Victim
    if victim is not Victim.RANK_1 or ranks > 1
)

QUICK = (
    Case(Victim.RANK_1, 2, Moment.STEPPING),
    Case(Victim.LAUNCHER, 1, Moment.STEPPING),
    Case(Victim.RANK_0, 1, Moment.SAVING),
    Case(Victim.SUPERVISOR, 1, Moment.LOADING),
    Case(Victim.DAEMON, 1, Moment.SAVING),
    Case(Victim.METRICS, 1, Moment.STEPPING),
)
"""One of each kind: every victim, every moment, both numbers of ranks."""


def fate(case: Case) -> Fate:
    """What the death of the victim leads to: of a rank the end of the run, of others nothing.

    But for the launcher of several ranks that have not met yet: only it knows where they are to.
    """
    if case.victim in (Victim.RANK_0, Victim.RANK_1):
        return Fate("signalled", f"{case.victim.value.capitalize()} was ended by SIGKILL.")
    if case.victim is Victim.LAUNCHER and case.ranks > 1 and case.moment is Moment.LOADING:
        return Fate("signalled", "The launcher was ended by SIGKILL.")
    return Fate()
