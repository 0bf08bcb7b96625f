"""What is known about model, data, packages and machine. What is not known is absent, never guessed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class Fact(Generic[T]):
    """The name of something knowable; `about` completes "waiting for …"."""

    name: str
    about: str


@dataclass(frozen=True)
class Known(Generic[T]):
    """A value with where it was read (`source`) and what it would change with (`fingerprint`)."""

    value: T
    source: str
    fingerprint: str = ""


class Facts:
    """A frozen set of known facts.

    `facts[F]` raises KeyError when F is unknown: a rule lists F in `needs` first.
    """

    def __init__(self, known: Mapping[Fact[Any], Known[Any]] | None = None) -> None:
        self._known: dict[Fact[Any], Known[Any]] = dict(known or {})

    def __getitem__(self, fact: Fact[T]) -> T:
        return self._known[fact].value

    def __contains__(self, fact: Fact[Any]) -> bool:
        return fact in self._known

    def __iter__(self) -> Iterator[Fact[Any]]:
        return iter(self._known)

    def get(self, fact: Fact[T]) -> T | None:
        """The value, or None when it is unknown."""
        known = self._known.get(fact)
        return None if known is None else known.value

    def source(self, fact: Fact[Any]) -> str:
        """Where the value was read; KeyError when unknown."""
        return self._known[fact].source

    def with_known(self, more: Mapping[Fact[Any], Known[Any]]) -> Facts:
        """These facts and `more`; `more` wins."""
        return Facts({**self._known, **more})
