"""`tunesmith runs`: what runs there are and how they do; or all about one of them."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from tunesmith.cli import wire, words
from tunesmith.cli.find import NoSuchRun, find_run
from tunesmith.core.layout import RunFolder
from tunesmith.runs import control, store
from tunesmith.runs.view import RunView


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "folder",
        nargs="?",
        default=".",
        metavar="FOLDER|RUN",
        help="where to look, with all below it; or one run: its id, the end of it, or its folder",
    )
    parser.add_argument("--json", action="store_true", help="print a JSON array, newest first")


def run(arguments: argparse.Namespace) -> int:
    place = Path(arguments.folder)
    if place.is_dir() and not (place / "spec.json").is_file():
        return show_all(place, arguments.json)
    try:
        found = find_run(arguments.folder, Path())
    except NoSuchRun as error:
        print(error, file=sys.stderr)
        return 1
    return show_one(found, arguments.json)


def show_all(folder: Path, as_json: bool) -> int:
    views = store.list_runs([folder])
    if control.adopt_all([RunFolder(Path(view.folder)) for view in views if needs_a_look(view)]):
        views = store.list_runs([folder])
    if as_json:
        print(wire.array(views))
    elif not views:
        print(f"No runs in or below {folder.resolve()}. `tunesmith run RECIPE` starts one.")
    else:
        show(views)
    return 0


def show_one(found: RunFolder, as_json: bool) -> int:
    view = store.look(found)
    if needs_a_look(view) and control.adopt_all([found]):
        view = store.look(found)
    print(wire.to_json(view) if as_json else "\n".join(words.about(view)))
    return 0


def needs_a_look(view: RunView) -> bool:
    return view.state in ("queued", "running", "lost") or not view.supervised


def show(views: list[RunView]) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1), collapse_padding=True, pad_edge=False)
    table.add_column("Run", no_wrap=True, min_width=20)
    table.add_column("Recipe", no_wrap=True, min_width=9)
    table.add_column("State", no_wrap=True, min_width=8)
    for title, width in (("Step", 10), ("Loss", 6), ("Left", 4)):
        table.add_column(title, justify="right", no_wrap=True, min_width=width)
    table.add_column("Result", no_wrap=True)
    for view in views:
        cells = (view.id, view.name, words.state(view), words.steps(view), words.number(view.loss))
        more = (words.duration(view.seconds_left), view.message or words.scores(view))
        table.add_row(*(Text(cell) for cell in (*cells, *more)))
    Console().print(table)
