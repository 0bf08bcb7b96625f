"""`tunesmith doctor`: whether this machine and its training interpreter are fit to train."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path

from tunesmith.doctor.check import check
from tunesmith.doctor.observe import Asked
from tunesmith.doctor.row import Row

FINE, WRONG, UNUSABLE = 0, 1, 2
MARKS = {"fine": "✓", "warning": "!", "wrong": "✗"}
COLOURS = {"fine": "green", "warning": "yellow", "wrong": "red"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", nargs="?", default=".", type=Path, help="where the recipes are")
    parser.add_argument("--json", action="store_true", help="print a JSON array instead of lines")
    parser.add_argument(
        "--interpreter", metavar="PATH", help="the Python to train in (found by itself if left out)"
    )
    parser.epilog = "Exit code: 0 nothing is wrong, 1 something is, 2 there is no such folder."


def run(arguments: argparse.Namespace) -> int:
    folder: Path = arguments.folder
    if not folder.is_dir():
        print(f"{folder}: there is no such folder.", file=sys.stderr)
        return UNUSABLE
    found = check(Asked(folder.absolute(), arguments.interpreter))
    if arguments.json:
        print(json.dumps([asdict(row) for row in found], indent=2, ensure_ascii=False))
    else:
        show(found)
    return WRONG if any(row.verdict == "wrong" for row in found) else FINE


def show(found: list[Row]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table.grid(padding=(0, 1))
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for row in found:
        mark = Text(MARKS[row.verdict], style=COLOURS[row.verdict])
        table.add_row(mark, Text(row.name), Text(row.says))
        if row.advice:
            table.add_row("", "", Text(f"→ {row.advice}", style="bold"))
    Console(highlight=False).print(table)
