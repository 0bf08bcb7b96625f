"""`tunesmith dap`: a debug adapter for one editor session, of one rank or of all."""

from __future__ import annotations

import argparse
import asyncio
from pathlib import Path

from tunesmith.cli.find import NoSuchRun, find_run
from tunesmith.core.layout import RunFolder
from tunesmith.dap.refused import Refused
from tunesmith.dap.serve import serve


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--folder", default=".", type=Path, help="where to look for runs, with all below it")


def run(arguments: argparse.Namespace) -> int:
    def find(named: str) -> RunFolder:
        try:
            return find_run(named, arguments.folder)
        except NoSuchRun as error:
            raise Refused(str(error)) from error

    asyncio.run(serve(find))
    return 0
