"""The nearest of several names: "did you mean"."""

from __future__ import annotations

import functools
from collections.abc import Iterable


def nearest(word: str, names: Iterable[str]) -> str | None:
    """The name that `word` was most likely meant to be, or None when none is near."""
    return _nearest(word, tuple(names))


@functools.lru_cache(maxsize=4096)
def _nearest(word: str, names: tuple[str, ...]) -> str | None:
    folded = _fold(word)
    if len(folded) < 2 or len(folded) > 80:
        return None
    letters = frozenset(folded)
    best: tuple[int, int, str] | None = None
    for name in names:
        other, theirs = _folded(name)
        allowed = 1 + max(len(folded), len(other)) // 5
        # Each step away changes one letter into another at most.
        if abs(len(folded) - len(other)) > allowed or len(letters ^ theirs) > 2 * allowed:
            continue
        away = distance(folded, other, allowed)
        if away <= allowed and (best is None or (away, abs(len(name) - len(word))) < best[:2]):
            best = (away, abs(len(name) - len(word)), name)
    if best is not None:
        return best[2]
    return _by_words(folded, names)


def _by_words(folded: str, names: tuple[str, ...]) -> str | None:
    """The only name made of the same words in another order."""
    words = set(folded.split("_"))
    if len(words) < 2:
        return None
    holding = [name for name in names if words == set(_fold(name).split("_"))]
    return holding[0] if len(holding) == 1 else None


@functools.lru_cache(maxsize=4096)
def _folded(name: str) -> tuple[str, frozenset[str]]:
    folded = _fold(name)
    return folded, frozenset(folded)


def _fold(word: str) -> str:
    return word.strip().lower().replace("-", "_").replace(" ", "_")


def distance(left: str, right: str, limit: int) -> int:
    """Insertions, deletions, replacements and swaps of neighbours; stops above `limit`."""
    before: list[int] = []
    previous = list(range(len(right) + 1))
    for i, a in enumerate(left, 1):
        current = [i]
        for j, b in enumerate(right, 1):
            cost = min(previous[j] + 1, current[j - 1] + 1, previous[j - 1] + (a != b))
            if i > 1 and j > 1 and a == right[j - 2] and left[i - 2] == b:
                cost = min(cost, before[j - 2] + 1)
            current.append(cost)
        if min(current) > limit:
            return limit + 1
        before, previous = previous, current
    return previous[-1]
