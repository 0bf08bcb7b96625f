"""The command line: `tunesmith COMMAND …`, or `python -m tunesmith COMMAND …`."""

from __future__ import annotations

import argparse
import logging
import os
import sys
from collections.abc import Sequence

from tunesmith.cli.table import COMMANDS
from tunesmith.core.version import VERSION

NOBODY_READS = 141
"""As a shell tells of a program that a closed pipe has ended."""


def main(arguments: Sequence[str] | None = None) -> int:
    given = list(sys.argv[1:] if arguments is None else arguments)
    parser = argparse.ArgumentParser(
        prog="tunesmith", description="Check recipes, train them, and follow what they do."
    )
    parser.add_argument("--version", action="version", version=f"tunesmith {VERSION}")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    for command in COMMANDS:
        subparser = commands.add_parser(command.name, help=command.summary, description=command.summary + ".")
        if command.name in given[:1]:
            module = command.load()
            module.add_arguments(subparser)
            subparser.set_defaults(command=module.run)
    parsed = parser.parse_args(given)
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s: %(message)s")
    try:
        code = parsed.command(parsed)
        sys.stdout.flush()
    except BrokenPipeError:
        # Whoever read it has what it wanted, as `head`; what is left must not fail again at the exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return NOBODY_READS
    return code


if __name__ == "__main__":
    sys.exit(main())
