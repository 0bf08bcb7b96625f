"""The sections that describe a run of the user's own code: `script:` or `module:`, and `args:`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tunesmith.core.section import Marker, marked

UNREAD = ("task", "model", "data", "peft", "train", "deepspeed", "pipeline")
"""The sections of a recipe that a program of the user's is told nothing of."""


RESUME_VARIABLE = "TUNESMITH_RESUME"
"""Holds the folder of the checkpoint to go on from, when there is one."""


@dataclass(frozen=True)
class ScriptStage:
    """All that `stages.script.main` is given. Exactly one of `script` and `module` is set."""

    script: str | None = marked(Marker(path="file"), default=None)
    """A Python file, run as `python FILE` would."""
    module: str | None = None
    """A module that can be imported from the recipe's folder, run as `python -m MODULE` would."""
    args: Mapping[str, Any] = field(default_factory=dict[str, Any])
    """Its arguments by name."""
