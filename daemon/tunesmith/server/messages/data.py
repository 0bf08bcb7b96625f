"""Rows of data files, as the training of a recipe sees them, and its first step."""

# A msgspec struct that derives from a frozen one is frozen too; the type checker does not know.
# pyright: reportGeneralTypeIssues=false

from __future__ import annotations

from tunesmith.server.messages.base import Wire


class AskRow(Wire):
    file: str
    """Absolute path of a data file."""
    line: int
    """Counted from 0."""


class SeenRow(Wire):
    """What training makes of the row on a line; the text is empty where there is nothing to say."""

    text: str = ""
    """Markdown."""
    first: int = 0
    """The lines of the row, counted from 0."""
    last: int = 0


class AskRows(Wire):
    file: str


class LeftOut(Wire):
    first: int
    last: int
    message: str


class SurveyedRows(Wire):
    """Rows from which nothing is learned."""

    rows: list[LeftOut] = []


class StartDryRun(Wire):
    recipe: str
    """Absolute path."""


class DryRunReport(Wire):
    """What a dry run has seen, or why it did not come to its step."""

    text: str = ""
    """Markdown."""
    error: str | None = None
    stopped: bool = False
    """Somebody stopped it."""
