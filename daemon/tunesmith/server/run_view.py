"""A run as the inside knows it, as the wire's `Run`."""

from __future__ import annotations

import msgspec

from tunesmith.runs.view import RunView
from tunesmith.server.protocol import Run


def to_run(view: RunView) -> Run:
    """The same fields; a state or cause that the wire does not know raises ValidationError."""
    return msgspec.convert(view, Run, from_attributes=True)
