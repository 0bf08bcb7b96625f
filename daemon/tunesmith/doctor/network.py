"""What ranks need to find each other on one machine: loopback, a free port, a name that means something."""

from __future__ import annotations

import contextlib
import socket
import threading
from dataclasses import dataclass

LIMIT = 5.0


@dataclass(frozen=True)
class Network:
    """`loopback` is the problem with it, if there is one; `address` what this machine's name means."""

    name: str
    loopback: str | None
    address: str | None


def this_network(limit: float = LIMIT) -> Network:
    name = socket.gethostname()
    return Network(name, _loopback(), _resolved(name, limit))


def _loopback() -> str | None:
    try:
        address = socket.gethostbyname("localhost")
        with socket.socket() as listening:
            listening.bind((address, 0))
            listening.listen()
            with socket.create_connection(listening.getsockname(), LIMIT):
                return None
    except OSError as error:
        return str(error)


def _resolved(name: str, limit: float) -> str | None:
    """A name server that does not answer must not hold up the rest."""
    found: list[str] = []

    def ask() -> None:
        with contextlib.suppress(OSError):
            found.append(socket.gethostbyname(name))

    asking = threading.Thread(target=ask, daemon=True)
    asking.start()
    asking.join(limit)
    return found[0] if found else None
