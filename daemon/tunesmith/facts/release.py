"""Releases of packages as rules compare them."""

from __future__ import annotations

import re
from collections.abc import Mapping

Release = tuple[int, ...]


def release(versions: Mapping[str, str], package: str) -> Release | None:
    """`4.57.3` and `2.4.0+cu121` as numbers; None when that is not known."""
    numbers = re.match(r"\d+(?:\.\d+)*", versions.get(package, ""))
    return tuple(int(part) for part in numbers[0].split(".")) if numbers else None


def before(versions: Mapping[str, str], package: str, limit: Release) -> bool | None:
    """Whether the package is older than `limit`; None when that is not known."""
    found = release(versions, package)
    return None if found is None else found < limit
