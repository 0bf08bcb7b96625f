"""What a client asks about rules."""

# A msgspec struct that derives from a frozen one is frozen too; the type checker does not know.
# pyright: reportGeneralTypeIssues=false

from __future__ import annotations

from tunesmith.server.messages.base import Wire


class NamedRule(Wire):
    code: str


class RulePage(Wire):
    text: str
    """Markdown."""
