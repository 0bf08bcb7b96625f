"""Runs as the inside knows them, as the wire's `Run`."""

from __future__ import annotations

import logging
import math
from collections.abc import Iterable
from dataclasses import replace

import msgspec

from tunesmith.runs.view import RunView
from tunesmith.server.messages.runs import Run

log = logging.getLogger(__name__)


def to_run(view: RunView) -> Run:
    """The same fields. JSON has no word for a loss or metric that is not finite: it is absent.

    Raises msgspec.ValidationError when the run folder said something that no version of ours would write.
    """
    loss = view.loss if _is_finite(view.loss) else None
    metrics = {name: value for name, value in view.metrics.items() if _is_finite(value)}
    return msgspec.convert(replace(view, loss=loss, metrics=metrics), Run, from_attributes=True)


def to_runs(views: Iterable[RunView]) -> list[Run]:
    """Those that can be told; one that cannot is logged and costs nobody the others."""
    runs: list[Run] = []
    for view in views:
        try:
            runs.append(to_run(view))
        except (msgspec.ValidationError, AttributeError) as error:
            log.warning("%s is left out: %s", view.folder, error)
    return runs


def _is_finite(value: object) -> bool:
    """Whether it is anything but a NaN or an infinity; what is no number is for the conversion to refuse."""
    return not isinstance(value, float) or math.isfinite(value)
