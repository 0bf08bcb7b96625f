"""Which interpreter the user has chosen for a folder. Pure."""

from __future__ import annotations

from pathlib import Path

from tunesmith.server.messages.settings import Options


def chosen(options: Options, folder: Path) -> str | None:
    """What was set for the nearest of the folders around `folder`; None: one is looked for."""
    around = [Path(name) for name in options.training_interpreters if folder.is_relative_to(name)]
    if not around:
        return options.training_interpreter or None
    nearest = max(around, key=lambda path: len(path.parts))
    named = {Path(name): value for name, value in options.training_interpreters.items()}
    return named[nearest] or None
