"""The templates that LLaMA-Factory's releases have: a compact record."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

from tunesmith.facts.release import Release, release

LLAMA_FACTORY = "llamafactory"


@dataclass(frozen=True)
class Templates:
    """`spells` by name: the release that brought it, and the one that took it away."""

    releases: tuple[Release, ...]
    spells: Mapping[str, tuple[Release, Release | None]]

    def at(self, versions: Mapping[str, str]) -> frozenset[str] | None:
        """Those of the release among `versions`; None when it is not one that is recorded. Of a version on
        the way to a release those of the one before count, too."""
        found = release(versions, LLAMA_FACTORY)
        if found is None or found not in self.releases:
            return None
        coming = is_unreleased(versions)
        return frozenset(
            name
            for name, (since, until) in self.spells.items()
            if since <= found and (until is None or found < until or (coming and found == until))
        )


def is_unreleased(versions: Mapping[str, str]) -> bool:
    """Whether it is a copy of the source, in which people add templates of their own."""
    return re.fullmatch(r"[\d.]+", versions.get(LLAMA_FACTORY, "")) is None


@cache
def templates() -> Templates:
    file = resources.files("tunesmith.facts").joinpath("recorded", "llamafactory.templates.json")
    raw = json.loads(file.read_text(encoding="utf-8"))
    spells = {name: (_release(since), _release(until)) for name, (since, until) in raw["templates"].items()}
    return Templates(
        tuple(filter(None, map(_release, raw["releases"]))),
        {name: (since, until) for name, (since, until) in spells.items() if since is not None},
    )


def _release(text: str | None) -> Release | None:
    return None if text is None else tuple(map(int, text.split(".")))
