"""Where this user's Tunesmith keeps what must outlive its installation, and belongs to no workspace."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path


def user_data(environment: Mapping[str, str]) -> Path:
    if given := environment.get("XDG_DATA_HOME"):
        return Path(given) / "tunesmith"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "tunesmith"
    return Path.home() / ".local" / "share" / "tunesmith"
