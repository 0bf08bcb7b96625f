"""`tunesmith dap`: a debug adapter for one editor session, of one rank or of all."""

from __future__ import annotations

import argparse
import asyncio

from tunesmith.cli.find import NoSuchRun, add_folder, find_run
from tunesmith.core.layout import RunFolder
from tunesmith.dap.host import Host
from tunesmith.dap.refused import Refused
from tunesmith.dap.serve import serve
from tunesmith.runs import control, store


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_folder(parser)
    parser.add_argument("--launched", metavar="RUN", help="the run that was started for this session")
    parser.add_argument(
        "--ranks-by-event", action="store_true", help="the editor opens a rank's session on an event of ours"
    )


def run(arguments: argparse.Namespace) -> int:
    def find(named: str) -> RunFolder:
        try:
            return find_run(named, arguments.folder)
        except NoSuchRun as error:
            raise Refused(str(error)) from error

    asyncio.run(serve(Host(find, stop, arguments.launched, arguments.ranks_by_event)))
    return 0


def stop(run: RunFolder) -> None:
    try:
        control.stop(run, force=False, by="Stop in the debugger")
    except (control.NotStarted, *store.BROKEN) as error:
        raise Refused(f"{run.id} could not be asked to stop: {error}") from error
