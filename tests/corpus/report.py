"""What a measure found: the lines that people read, the figures, and the rows behind them.

`--json FILE` writes

    {"form": 1, "measures": [MEASURE, …], "rows": {"V1": [ROW, …], …}}

MEASURE is {"id", "what", "value", "goal", "met"}, or {"id", "what", "skipped": why}. `value` and `goal` are
shares of 1, counts or milliseconds, as `what` says. A ROW is

    V1  {"case", "confidence", "caught", "codes", "loud", "recognised", "left_out"}
    V2  {"file", "kind", "recognised", "errors", "rules"}
    V3  {"class", "written_for", "read_by", "key", "flagged", "fixed"}
    V4  {"code", "replayed", "raised", "why_not"}
    V5  {"seed", "file", "text", "problem"}

of V3 and V5 the ones that fall short alone. Keys are added, never renamed, while `form` is 1.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

FORM = 1


@dataclass(frozen=True)
class Measure:
    """`least`: whether the goal is the least that the value may be, or the most."""

    id: str
    what: str
    value: float
    goal: float
    least: bool = True

    @property
    def is_met(self) -> bool:
        return self.value >= self.goal if self.least else self.value <= self.goal


@dataclass(frozen=True)
class Skipped:
    id: str
    what: str
    why: str


@dataclass(frozen=True)
class Section:
    """`lines` are printed as they are."""

    id: Literal["V1", "V2", "V3", "V4", "V5"]
    lines: tuple[str, ...]
    measures: tuple[Measure | Skipped, ...]
    rows: Sequence[Mapping[str, Any]] = field(default_factory=tuple)


def skipped(section: Literal["V1", "V2", "V3", "V4", "V5"], what: str, why: str) -> Section:
    return Section(section, (f"{section}  skipped: {why}",), (Skipped(section, what, why),))


def share(some: int, of: int) -> float:
    """1 of nothing: nothing falls short."""
    return some / of if of else 1.0


def write(path: Path, sections: Sequence[Section]) -> None:
    measures = [_measure(one) for section in sections for one in section.measures]
    rows = {section.id: list(section.rows) for section in sections}
    text = json.dumps({"form": FORM, "measures": measures, "rows": rows}, indent=2, ensure_ascii=False)
    path.write_text(text + "\n", encoding="utf-8")


def _measure(one: Measure | Skipped) -> dict[str, Any]:
    if isinstance(one, Skipped):
        return {"id": one.id, "what": one.what, "skipped": one.why}
    return {"id": one.id, "what": one.what, "value": one.value, "goal": one.goal, "met": one.is_met}
