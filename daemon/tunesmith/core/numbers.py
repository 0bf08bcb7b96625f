"""What of the values in a file can be reckoned with."""

from __future__ import annotations

import math


def number(value: object) -> float | None:
    """A number that is not without end nor larger than a float holds, and no flag; None for all else."""
    if not isinstance(value, int | float) or isinstance(value, bool):
        return None
    try:
        return value if math.isfinite(value) else None
    except OverflowError:
        return None
