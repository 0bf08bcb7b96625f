"""A launched run on its way: which ranks have started, which the debugger has, and that in words. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class Starting:
    expected: int
    """How many ranks the run asks for."""
    started: set[int] = field(default_factory=set[int])
    ready: set[int] = field(default_factory=set[int])
    """Ranks that the debugger has, or that are gone already: nobody waits for them."""

    @property
    def done(self) -> bool:
        return len(self.ready) >= self.expected

    def words(self) -> str:
        """What is waited for: "2 ranks are starting", "rank 0 is loading, rank 1 is starting"."""
        if not self.started:
            return "The rank is starting" if self.expected == 1 else f"{self.expected} ranks are starting"
        missing = set(range(self.expected)) - self.started
        parts = [_who(self.started - self.ready, "loading"), _who(missing - self.ready, "starting")]
        return ", ".join(part for part in parts if part)


def _who(ranks: set[int], doing: str) -> str:
    named = [f"rank {rank}" for rank in sorted(ranks)]
    if not named:
        return ""
    return f"{', '.join(named)} {'is' if len(named) == 1 else 'are'} {doing}"
