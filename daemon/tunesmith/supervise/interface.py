"""By which network interface another machine is reached, and whether an address is this one's.

gloo takes the one that the machine's own name belongs to. That is the loopback on many systems, and then the
ranks of two machines never find each other.
"""

from __future__ import annotations

import errno
import os
import socket
import struct
import sys
from collections.abc import Mapping

from tunesmith.core.meeting import Meeting

VARIABLE = "GLOO_SOCKET_IFNAME"
_SIOCGIFADDR = 0x8915


def gloo_environment(meeting: Meeting | None, given: Mapping[str, str]) -> dict[str, str]:
    """What to add to the environment of the ranks; nothing where somebody has said it."""
    if meeting is None or VARIABLE in given or VARIABLE in os.environ:
        return {}
    name = interface_to(meeting.address)
    return {VARIABLE: name} if name else {}


def interface_to(address: str) -> str | None:
    """None where the system does not tell, or there is no way to it."""
    if sys.platform != "linux":
        return None
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
            asking.connect((address, 9))  # Sends nothing: the system only chooses the way.
            own = asking.getsockname()[0]
            return next((name for _, name in socket.if_nameindex() if _address(asking, name) == own), None)
    except OSError:
        return None


def is_own(address: str) -> bool:
    """Whether this machine has the address; True where that cannot be said."""
    try:
        [(family, _, _, _, place), *_] = socket.getaddrinfo(address, 0, type=socket.SOCK_DGRAM)
        with socket.socket(family, socket.SOCK_DGRAM) as one:
            one.bind(place)
    except OSError as error:
        return error.errno != errno.EADDRNOTAVAIL
    return True


def _address(asking: socket.socket, interface: str) -> str | None:
    import fcntl

    request = struct.pack("256s", interface.encode()[:15])
    try:
        return socket.inet_ntoa(fcntl.ioctl(asking.fileno(), _SIOCGIFADDR, request)[20:24])
    except OSError:
        return None
