"""The resolved run: all that the supervisor and the runtime need to know, written once as spec.json."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from tunesmith.core.layout import FORMAT


@dataclass(frozen=True)
class Launch:
    """A process to start: an argument list, and the environment variables to set on top of the inherited
    ones."""

    argv: tuple[str, ...]
    env: Mapping[str, str]
    cwd: str


@dataclass(frozen=True)
class RunSpec:
    """`stage` is a name of `stages.table`; `config` its bound configuration as plain JSON values.

    Paths in `config` are absolute. `parent` is the run that this one repeats or goes on from. With `debug`
    the ranks of the first attempt wait for a debugger before they do anything. `policy` says when the run
    starts and ends by itself: `stages.run_policy.resolved`, read by `core.policy`.
    """

    id: str
    name: str
    recipe: str
    stage: str
    config: Mapping[str, Any]
    launch: Launch
    interpreter: str
    num_processes: int
    created: float
    version: str
    parent: str | None = None
    debug: bool = False
    policy: Mapping[str, Any] = field(default_factory=dict[str, Any])
    format: int = FORMAT
    labels: Mapping[str, str] = field(default_factory=dict[str, str])

    def to_json(self) -> str:
        return json.dumps(asdict(self), indent=2, ensure_ascii=False) + "\n"

    @staticmethod
    def from_json(text: str) -> RunSpec:
        """Read spec.json. Raises ValueError for a format newer than this version knows."""
        raw: dict[str, Any] = json.loads(text)
        if raw.get("format", 0) > FORMAT:
            raise ValueError(f"spec.json has format {raw['format']}; this version reads up to {FORMAT}")
        launch: dict[str, Any] = raw.pop("launch")
        return RunSpec(**raw, launch=Launch(tuple(launch["argv"]), launch["env"], launch["cwd"]))
