"""What the doctor says about one thing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Verdict = Literal["fine", "warning", "wrong"]


@dataclass(frozen=True)
class Row:
    """`advice` says what to do about it, when something is to be done. Wrong: runs cannot go well."""

    name: str
    verdict: Verdict
    says: str
    advice: str | None = None


def size(number: float) -> str:
    """`11.2 GB`, in the units that disks and memory are sold in."""
    for unit in ("bytes", "kB", "MB", "GB"):
        if number < 1000:
            return f"{number:.0f} {unit}" if number >= 100 or unit == "bytes" else f"{number:.1f} {unit}"
        number /= 1000
    return f"{number:.1f} TB"
