"""Finding the run that somebody means."""

from __future__ import annotations

import argparse
from pathlib import Path

from tunesmith.core.layout import RunFolder
from tunesmith.runs.store import homes, runs_in


class NoSuchRun(Exception):
    """No run, or more than one, answers to the name; the message says which."""


def add_run(parser: argparse.ArgumentParser) -> None:
    """The argument that names a run, and where it is looked for."""
    parser.add_argument("run", help="the run's id, the end of it, or its folder")
    add_folder(parser)


def add_folder(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--folder", default=".", type=Path, help="where to look for runs, with all below it")


def find_run(named: str, folder: Path) -> RunFolder:
    """The run whose folder, id or end of the id is `named`, looked for in or below `folder`."""
    place = Path(named)
    if (place / "spec.json").is_file():
        return RunFolder(place.resolve())
    runs = [run for home in homes([folder]) for run in runs_in(home)]
    found = [run for run in runs if run.id == named or run.id.endswith(named)]
    if not found:
        raise NoSuchRun(
            f"No run {named} in or below {folder.resolve()}. `tunesmith runs` lists what there is."
        )
    if len(found) > 1:
        raise NoSuchRun(f"{named} may be {', '.join(run.id for run in found)}: name more of the id.")
    return found[0]
