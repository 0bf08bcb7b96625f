"""What was said of an end before it came: by who asked for it, or by the training itself."""

from __future__ import annotations

from dataclasses import replace

from tunesmith.core import in_place
from tunesmith.core.files import read_json
from tunesmith.core.layout import AttemptFolder
from tunesmith.core.run import Cause, Exit


def explained(end: Exit, attempt: AttemptFolder) -> Exit:
    """The end with its reason, where it says none."""
    if end.message is not None:
        return end
    if end.cause is Cause.FINISHED:
        return replace(end, message=(read_json(attempt.rank_end(0)) or {}).get("why"))
    if end.cause is not Cause.STOPPED:
        return end
    if (request := in_place.read(attempt.stop_request)) is not None:
        return replace(end, message=request.get("why"))
    if (request := in_place.read(attempt.epoch_request)) is not None:
        epoch = (in_place.read(attempt.stop_epoch) or {}).get("epoch")
        return replace(end, by=request.get("by"), message=f"Stopped after epoch {epoch}, as asked.")
    return end
