"""`tunesmith trash`: delete runs, list and restore deleted ones, and delete them for good."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

from tunesmith.cli import words
from tunesmith.cli.find import NoSuchRun, add_folder, find_run
from tunesmith.runs import store, trash
from tunesmith.runs.scalars import visible


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "runs", nargs="*", metavar="RUN", help="runs to delete; without any, what is in the trash is listed"
    )
    parser.add_argument("--restore", action="store_true", help="take these runs out of the trash again")
    parser.add_argument("--empty", action="store_true", help="delete for good what is in the trash")
    parser.add_argument("--yes", action="store_true", help="empty it without a question")
    add_folder(parser)
    parser.epilog = "A deleted run stays in .tunesmith/trash until that is emptied. Exit code: 1 refused."


def run(arguments: argparse.Namespace) -> int:
    folder: Path = arguments.folder
    if arguments.empty:
        if arguments.runs or arguments.restore:
            return complain("--empty takes all that is in the trash: name no runs.")
        return empty(folder, arguments.yes)
    if arguments.restore:
        if not arguments.runs:
            return complain("Name the runs to restore: `tunesmith trash` lists them.")
        return each(arguments.runs, lambda named: restore(folder, named))
    if arguments.runs:
        return each(arguments.runs, lambda named: delete(folder, named))
    return show(folder)


def delete(folder: Path, named: str) -> str:
    found = find_run(named, folder)
    trash.delete(found)
    return f"{found.id} is in the trash. `tunesmith trash --restore {found.id}` takes it out."


def restore(folder: Path, named: str) -> str:
    found = [
        (home, one.id)
        for home in homes(folder)
        for one in trash.listed(home)
        if one.id == named or one.id.endswith(named)
    ]
    if len(found) != 1:
        several = f"{named} may be {', '.join(run_id for _, run_id in found)}: name more of the id."
        raise NoSuchRun(several if found else f"No run {named} is in the trash in or below {folder}.")
    trash.restore(*found[0])
    return f"{found[0][1]} is back."


def empty(folder: Path, agreed: bool) -> int:
    found = [one for home in homes(folder) for one in trash.listed(home)]
    if found and not agreed:
        what = f"{words.runs(len(found))} ({words.size(sum(one.size for one in found))})"
        if not sys.stdin.isatty():
            return complain(f"The trash holds {what}. --yes deletes for good.")
        answer = input(f"Delete {what} for good? [y/N] ")
        if answer.strip().lower() not in ("y", "yes"):
            return 1
    done = [trash.empty(home) for home in homes(folder)]
    for reason in (reason for one in done for reason in one.left):
        print(visible(reason), file=sys.stderr)
    gone = sum(one.runs for one in done)
    print(f"{words.runs(gone)} deleted, {words.size(sum(one.size for one in done))} freed.")
    return 1 if any(one.left for one in done) else 0


def show(folder: Path) -> int:
    for one in (one for home in homes(folder) for one in trash.listed(home)):
        print(f"{one.id}  {visible(one.name)}  {words.size(one.size)}")
    return 0


def homes(folder: Path) -> list[Path]:
    """Those in or below the folder, wherever a link in it leads."""
    top = folder.resolve()
    return [home for home in store.homes([folder]) if home.resolve().is_relative_to(top)]


def each(runs: list[str], move: Callable[[str], str]) -> int:
    code = 0
    for named in runs:
        try:
            print(move(named))
        except (NoSuchRun, trash.NotMoved) as error:
            code = complain(str(error))
    return code


def complain(message: str) -> int:
    print(message, file=sys.stderr)
    return 1
