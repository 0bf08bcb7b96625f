"""The place on disk that a written path means."""

from __future__ import annotations

import os
from pathlib import Path


def located(folder: Path, written: str) -> Path:
    """`written` as seen from `folder`; `~` is the home."""
    return folder / expanded(written)


def expanded(written: str) -> Path:
    """`~` is the home; that of a user who is not known stays as written, where `Path` would raise."""
    return Path(os.path.expanduser(written))  # noqa: PTH111 - see above
