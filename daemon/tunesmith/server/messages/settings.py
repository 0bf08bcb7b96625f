"""What the client chooses, and what the status bar says of it."""

# A msgspec struct that derives from a frozen one is frozen too; the type checker does not know.
# pyright: reportGeneralTypeIssues=false

from __future__ import annotations

from tunesmith.server.messages.base import Wire


class Options(Wire):
    """`initializationOptions`. Untrusted: nothing is started and no interpreter is run."""

    trusted: bool = False
    training_interpreter: str | None = None
    """Path of the Python that training runs in; None: the daemon looks for one near each recipe."""
    training_interpreters: dict[str, str] = {}
    """The same by folder, for all recipes in and below it; the nearest folder decides. Empty text: none is
    chosen there."""
    target: str | None = None
    """Path of the profile of where training will run; None: this machine."""
    rules: dict[str, str] = {}
    """How to show the findings of a rule, by code: "off", "hint", "warning" or "error"."""
    rule_pages: str = ""
    """Where the client shows the page of a rule: an address with "{code}" in it; empty: nowhere."""
    push_diagnostics: bool = False
    """The client wants to be told what is wrong, though it could ask."""
    workspace_diagnostics: bool = True
    """Check the files of the open folders that are not open, too."""
    parked_start: bool = False
    """Keep the next start of a recipe ready that is open and was trained before."""
    parked_memory_limit: int = 0
    """What each may take, in megabytes; 0: no limit."""


class Status(Wire):
    """For the status bar: what the daemon knows and waits for."""

    interpreter: str | None
    packages: dict[str, str]
    """Versions found in the training interpreter: python, torch, transformers, accelerate."""
    rules_run: int
    rules_waiting: int
    waiting_for: list[str]
    message: str | None = None
    """What is wrong with the interpreter and what to do, if something is."""
    uri: str | None = None
    """The file that this is about."""
    kind: str | None = None
    """What the file was taken for: "recipe", "Axolotl config", …"""
    target: str | None = None
    """The profile that counts in place of this machine."""
    target_problem: str | None = None
    """Why it cannot be read."""
    target_is_own: bool = False
    """Whether the recipe itself names it."""
    launch: str | None = None
    """The file whose command line counts as the launch."""
    next_start: int | None = None
    """The next start of the recipe waits after its imports, and takes so many bytes of memory; null: none
    does."""


class Focus(Wire):
    uri: str
    """The recipe that the user looks at: the status is about it."""
