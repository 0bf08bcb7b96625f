"""What is said of a run whose processes are on another machine that shares its folder."""

from __future__ import annotations

from tunesmith.core.run import Observed


def said_from_afar(seen: Observed, host: str) -> str | None:
    """Where to look, when it cannot be said from here how the run does."""
    if seen.exit is not None and not seen.exit.restart:
        return None
    if seen.supervisor_alive:
        return None
    if seen.ranks_alive:
        return f"It trains on {host} without a supervisor. Open its folder there, and it gets one."
    if seen.started and seen.exit is None:
        return (
            f"It was started on {host} and gives no sign of life. Whether it lives can be seen there alone: "
            f"look at its processes on {host} before you resume it."
        )
    return f"It waits to be launched on {host}. Look there, or stop it."


def not_heard(run_id: str, host: str) -> str:
    """Of an end that was asked for here."""
    return (
        f"{run_id} is on {host}, and no supervisor lives there that could end it. "
        f"The request is written: open its folder on {host}, and it is ended."
    )
