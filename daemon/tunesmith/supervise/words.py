"""What error messages of the libraries mean. Pure: text in, text out."""

from __future__ import annotations

import re

_CONSEQUENCES = re.compile(
    "|".join(
        (
            r"closed by peer|reset by peer|Broken pipe|Connection refused|remote process exited",
            r"gloo/transport|Gloo \w+ failed|Connection closed|Socket (?:Timeout|Closed)",
            r"Timed out waiting \d+ ?ms for",
            r"\bNCCL\b|\bnccl\w+Error|\bRCCL\b|DistBackendError|DistNetworkError|DistStoreError",
            r"[Cc]ollective operation timeout|[Ww]atchdog caught|heartbeat",
            r"TCPStore|wait timeout after \d+ ?ms|barrier timed out|Monitored barrier",
            r"SignalException|ChildFailedError",
        )
    )
)
"""How a rank speaks of another one that is gone."""

_PORT_IN_USE = re.compile(
    r"communication on port `(?P<a>\d+)`, but another process"
    r"|port: (?P<b>\d+).*?EADDRINUSE|EADDRINUSE.*?port: (?P<c>\d+)"
    r"|:(?P<d>\d+) \(errno: \d+ - Address already in use",
    re.IGNORECASE,
)
_NO_ANSWER = re.compile(r"Timed out waiting (\d+) ?ms for (?:recv|send)")
_DISK_FULL = re.compile(
    r"No space left on device|StorageFull|Disk quota exceeded|\[Errno (?:28|122)\]|file write failed"
)

DISK_FULL = "The disk is full. Free some space and train again."


def is_consequence(error: str) -> bool:
    """Whether this is how a rank speaks of another one that is gone: then it is not what went wrong first."""
    return _CONSEQUENCES.search(error) is not None


def is_disk_full(error: str) -> bool:
    return _DISK_FULL.search(error) is not None


def is_port_in_use(error: str) -> bool:
    return _PORT_IN_USE.search(error) is not None


def explained(error: str) -> str:
    """The same in words that say what to do, where that is known; else as it is."""
    if port := _PORT_IN_USE.search(error):
        number = next(filter(None, port.groups()))
        return (
            f"Port {number} is in use by another process. Set another main_process_port under accelerate: "
            "in the recipe. A run of one machine may leave it out: then a free port is taken."
        )
    if is_disk_full(error):
        return f"{DISK_FULL} ({error})"
    if waited := _NO_ANSWER.search(error):
        return f"Another rank did not answer for {int(waited.group(1)) / 1000:.0f} s. ({error})"
    return error
