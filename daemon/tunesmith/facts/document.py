"""Another configuration file that a recipe names, as text."""

from __future__ import annotations

import stat
from dataclasses import dataclass
from pathlib import Path

LARGEST = 4 * 1024 * 1024


@dataclass(frozen=True)
class Document:
    """`text` is None for a file that is not there or cannot be read as text; `problem` says why."""

    path: Path
    text: str | None
    problem: str = ""


def read_document(path: Path) -> Document:
    """Look at one file. Never raises."""
    try:
        about = path.stat()
        if not stat.S_ISREG(about.st_mode):
            return Document(path, None, "it is not a file")
        if about.st_size > LARGEST:
            return Document(path, None, f"it is larger than {LARGEST // 1024 // 1024} MB")
        return Document(path, path.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        return Document(path, None, "it is not there")
    except (OSError, ValueError) as error:
        return Document(path, None, str(error))
