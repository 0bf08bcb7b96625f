"""How a rank learns where its debugger waits: a file of the run that only its owner can read or write."""

from __future__ import annotations

import json
import os
import secrets
from contextlib import suppress

from tunesmith.core import locks
from tunesmith.dap.ranks import Rank
from tunesmith.dap.refused import Refused


class Endpoint:
    """The place of one rank. While this process holds it, no other debugger can have that rank."""

    def __init__(self, rank: Rank) -> None:
        """Raises Refused when the rank is being debugged."""
        self._rank = rank
        self._path = rank.attempt.debug_endpoint(rank.number)
        self._path.parent.mkdir(mode=0o700, exist_ok=True)
        self._lock = locks.take_exclusive(rank.attempt.debug_lock(rank.number))
        if self._lock is None:
            holder = locks.holder(rank.attempt.debug_lock(rank.number))
            raise Refused(
                f"Rank {rank.number} of {rank.run.id} is being debugged already"
                f"{f' (by process {holder})' if holder else ''}. End that debug session first."
            )

    def publish(self, port: int) -> None:
        """Ask the rank to connect to `port` of this machine."""
        asked = {
            "run": self._rank.run.id,
            "rank": self._rank.number,
            "port": port,
            "adapter": os.getpid(),
            "id": secrets.token_hex(8),
        }
        partial = self._path.with_name(f".{self._path.name}.{os.getpid()}")
        descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(asked, file)
        partial.replace(self._path)

    def withdraw(self) -> None:
        with suppress(FileNotFoundError):
            self._path.unlink()

    def release(self) -> None:
        """Leave the rank to the next debugger. The rank sees by this that it is alone again."""
        self.withdraw()
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None
