"""Asking a living run for something else than its end now: to pause, to go on, to stop after this epoch.

Requests are files, as those of `control.stop` are. `by` says who asks, in words for people.
"""

from __future__ import annotations

import secrets
import time

from tunesmith.core import in_place
from tunesmith.core.attempts import last_attempt
from tunesmith.core.layout import RunFolder
from tunesmith.core.run import Phase, Running
from tunesmith.runs import store


class CannotAsk(Exception):
    """The run cannot do it; the message says why."""


def pause(run: RunFolder, by: str) -> None:
    """All ranks hold before the same step, as soon as they come to one. Twice is once."""
    _require_training(run, "paused")
    request = last_attempt(run).pause_request
    if not in_place.is_written(request):
        in_place.write(request, {"time": time.time(), "by": by, "id": secrets.token_hex(8)})


def go_on(run: RunFolder) -> None:
    """End the pause, also one that was not reached yet."""
    if not isinstance(store.state_of(run), Running):
        raise CannotAsk(f"{run.id} does not run, so it is not paused.")
    in_place.wipe(last_attempt(run).pause_request)


def stop_after_epoch(run: RunFolder, by: str) -> None:
    """All ranks stop with a checkpoint at the end of the epoch that they are in."""
    _require_training(run, "stopped after an epoch")
    view = store.look(run)
    if view.epoch is None and view.step:
        raise CannotAsk(f"The script of {run.id} does not tell its epochs. Stop it at the next step instead.")
    request = last_attempt(run).epoch_request
    if not in_place.is_written(request):
        in_place.write(request, {"time": time.time(), "by": by})


def _require_training(run: RunFolder, what: str) -> None:
    state = store.state_of(run)
    if not isinstance(state, Running):
        raise CannotAsk(f"{run.id} does not run, so it cannot be {what}.")
    if state.phase is Phase.RESTARTING:
        raise CannotAsk(f"{run.id} waits to start again, so it cannot be {what}. Stop it instead.")
