"""`tunesmith runs`: what runs there are and how they do."""

from __future__ import annotations

import argparse
from pathlib import Path

from tunesmith.cli import wire, words
from tunesmith.core.layout import RunFolder
from tunesmith.runs import control, store
from tunesmith.runs.view import RunView


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", nargs="?", default=".", type=Path, help="where to look, with all below it")
    parser.add_argument("--json", action="store_true", help="print a JSON array, newest first")


def run(arguments: argparse.Namespace) -> int:
    views = store.list_runs([arguments.folder])
    needy = [view for view in views if view.state in ("queued", "running", "lost")]
    if control.adopt_all([RunFolder(Path(view.folder)) for view in needy]):
        views = store.list_runs([arguments.folder])
    if arguments.json:
        print(wire.array(views))
    elif not views:
        print(f"No runs in or below {arguments.folder.resolve()}. `tunesmith run RECIPE` starts one.")
    else:
        show(views)
    return 0


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
