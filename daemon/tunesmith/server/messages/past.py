"""What runs keep: told as text, repeated, annotated, deleted and restored; their code."""

# A msgspec struct that derives from a frozen one is frozen too; the type checker does not know.
# pyright: reportGeneralTypeIssues=false

from __future__ import annotations

from tunesmith.server.messages.base import Wire


class RunDocument(Wire):
    """A run as a text to read and to compare; the same run always gives the same text."""

    text: str


class RunAgain(Wire):
    run_id: str
    as_it_was: bool = False
    """With the recipe that the run kept, in place of today's."""


class Annotate(Wire):
    """Null leaves what is there."""

    run_id: str
    note: str | None = None
    tags: list[str] | None = None


class NamedRuns(Wire):
    run_ids: list[str]


class Moved(Wire):
    """Into the trash or out of it."""

    run_ids: list[str]
    refused: list[str] = []
    """Why others were not moved; for people."""


class TrashedRun(Wire):
    """A deleted run. Size in bytes, times in seconds since the epoch."""

    id: str
    name: str
    created: float
    size: int


class TrashList(Wire):
    runs: list[TrashedRun]
    """Newest first."""


class EmptiedTrash(Wire):
    runs: int
    size: int
    """Bytes that were freed."""
    refused: list[str] = []


class RunCode(Wire):
    """A git worktree with the code of a run. Absolute paths."""

    run_id: str
    name: str
    repository: str
    commit: str
    folder: str
    recipe_folder: str
    """The folder of the recipe in it."""
    made: float
    changed: bool = False
    """Edited since it was made."""
    left_out: list[str] = []
    """Untracked files that were large or sounded secret, and were not kept."""


class RunCodeList(Wire):
    folders: list[RunCode]
    """Newest first."""
