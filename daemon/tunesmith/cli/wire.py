"""Runs as JSON: the same shape as on the wire, so that `schemas/protocol.json` describes it."""

from __future__ import annotations

import msgspec

from tunesmith.runs.view import RunView
from tunesmith.server.messages.base import to_wire
from tunesmith.server.run_view import to_run, to_runs


def to_json(view: RunView) -> str:
    """One object on one line."""
    return msgspec.json.encode(to_wire(to_run(view))).decode()


def array(views: list[RunView]) -> str:
    values = [to_wire(run) for run in to_runs(views)]
    return msgspec.json.format(msgspec.json.encode(values)).decode()
