"""Where the daemon's log goes: to stderr, which the editor shows, and to a file that outlives it."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Mapping
from logging.handlers import RotatingFileHandler
from pathlib import Path

from tunesmith.core import locks

FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"
SIZE = 1_000_000
OLDER = 2
"""Files kept beside the one that is written to."""
PLACES = 8
"""A file for each daemon that lives: two that rotate one file would write into what the other renamed."""

log = logging.getLogger(__name__)


def user_logs(environment: Mapping[str, str]) -> Path:
    """The folder of this user's daemon logs."""
    if given := environment.get("XDG_STATE_HOME"):
        return Path(given) / "tunesmith"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Logs" / "tunesmith"
    return Path.home() / ".local" / "state" / "tunesmith"


def set_up(folder: Path | None = None) -> Path | None:
    """Log to stderr and to a file in `folder`; returns the file. One that cannot be written is said once."""
    shown = logging.StreamHandler(sys.stderr)
    shown.setLevel(logging.WARNING)
    logging.basicConfig(level=logging.WARNING, format=FORMAT, handlers=[shown], force=True)
    try:
        file = _free_file(folder or user_logs(os.environ))
        kept = QuietRotatingHandler(file, maxBytes=SIZE, backupCount=OLDER, encoding="utf-8")
    except OSError as error:
        log.warning("no log file is written, this output is all there is: %s", error)
        return None
    kept.setFormatter(logging.Formatter(FORMAT))
    logging.getLogger().addHandler(kept)
    # The libraries tell too much below warnings; our own progress is worth keeping.
    logging.getLogger("tunesmith").setLevel(logging.INFO)
    return file


class QuietRotatingHandler(RotatingFileHandler):
    """Says once that the file cannot be written any more: logging must not end the daemon."""

    def handleError(self, record: logging.LogRecord) -> None:
        logging.getLogger().removeHandler(self)
        error = sys.exc_info()[1]
        log.warning("%s is not written any more: %s", self.baseFilename, error)


def _free_file(folder: Path) -> Path:
    """The first file that no other daemon writes to; this process keeps it until it ends."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for number in range(1, PLACES + 1):
        if locks.take_exclusive(folder / f".daemon-{number}.lock") is not None:
            return folder / f"daemon-{number}.log"
    raise OSError(f"all {PLACES} log files in {folder} belong to daemons that live")
