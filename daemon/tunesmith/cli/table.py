"""THE table of commands. A command is one row and one module, imported only when it is called."""

from __future__ import annotations

import argparse
import importlib
from dataclasses import dataclass
from typing import Protocol, cast


class CommandModule(Protocol):
    """What a command's module offers."""

    def add_arguments(self, parser: argparse.ArgumentParser) -> None: ...

    def run(self, arguments: argparse.Namespace) -> int:
        """Do it and return the exit code."""
        ...


@dataclass(frozen=True)
class Command:
    name: str
    summary: str
    module: str

    def load(self) -> CommandModule:
        return cast("CommandModule", importlib.import_module(self.module))


COMMANDS: tuple[Command, ...] = (
    Command("check", "Check training configurations and say what would go wrong", "tunesmith.cli.check"),
    Command("run", "Train a recipe and follow it", "tunesmith.cli.run"),
    Command("runs", "List the runs of a folder", "tunesmith.cli.runs"),
    Command("stop", "Stop a run with a checkpoint, or at once", "tunesmith.cli.stop"),
    Command("pause", "Hold a run between two steps", "tunesmith.cli.pause"),
    Command("continue", "Let a paused run go on", "tunesmith.cli.go_on"),
    Command("queue", "Say who waits for room, and change the order", "tunesmith.cli.queue"),
    Command("resume", "Go on with a run from a checkpoint", "tunesmith.cli.resume"),
    Command("diff", "Say what two runs have different", "tunesmith.cli.diff"),
    Command("note", "Show or replace the note of a run", "tunesmith.cli.note"),
    Command("tag", "Show, add or remove the tags of a run", "tunesmith.cli.tag"),
    Command("trash", "Delete runs, restore them, or empty the trash", "tunesmith.cli.trash"),
    Command("doctor", "Say whether this machine is fit to train", "tunesmith.cli.doctor"),
    Command("lsp", "Serve an editor over standard input and output", "tunesmith.cli.lsp"),
    Command("dap", "Debug the ranks of a run from an editor", "tunesmith.cli.dap"),
)
