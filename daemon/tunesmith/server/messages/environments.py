"""Pythons to train with, and whether a machine is fit to."""

# A msgspec struct that derives from a frozen one is frozen too; the type checker does not know.
# pyright: reportGeneralTypeIssues=false

from __future__ import annotations

from typing import Literal

from tunesmith.server.messages.base import Wire


class ListInterpreters(Wire):
    folder: str
    """Absolute path: environments in it and above it come first."""
    known: list[str] = []
    """Pythons that the client has found."""


class FoundInterpreter(Wire):
    """A Python as its files describe it."""

    path: str
    name: str
    kind: Literal["venv", "conda", "system"]
    source: Literal["chosen", "near", "known", "active", "conda", "pyenv", "home", "path"]
    """What it was found by."""
    version: str | None
    packages: dict[str, str]
    """Versions of what training needs, as far as it is installed."""
    current: bool
    """Recipes of the folder train with it."""
    unfit: str | None = None
    """Why nothing can be trained with it, if that is certain."""


class InterpreterList(Wire):
    interpreters: list[FoundInterpreter]


class CheckEnvironment(Wire):
    folder: str
    """Absolute path of an open folder."""


class EnvironmentRow(Wire):
    """One thing that training depends on."""

    name: str
    verdict: Literal["fine", "warning", "wrong"]
    says: str
    advice: str | None = None
    """What to do about it, when something is to be done."""


class EnvironmentReport(Wire):
    folder: str
    rows: list[EnvironmentRow]
