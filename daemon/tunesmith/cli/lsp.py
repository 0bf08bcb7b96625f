"""`tunesmith lsp`: the language server for one editor."""

from __future__ import annotations

import argparse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """It takes none: all it needs to know comes from the editor."""


def run(_arguments: argparse.Namespace) -> int:
    from tunesmith.server.app import main

    return main()
