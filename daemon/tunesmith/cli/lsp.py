"""`tunesmith lsp`: the language server for one editor."""

from __future__ import annotations

import argparse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """It takes none: all it needs to know comes from the editor."""


def run(_arguments: argparse.Namespace) -> int:
    import gc

    # Imports make objects and hardly any garbage: looking for it would take a part of the start.
    # It is switched on again when everything is loaded.
    gc.disable()
    from tunesmith.server import lean_types

    lean_types.load()
    from tunesmith.server.app import main

    return main()
