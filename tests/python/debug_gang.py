"""The editor's side of a run with several ranks: one session of all, and those that it asks for."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from debug_editor import PATIENCE, Session
from waiting import until


class Gang:
    """`ranks` holds the session of each rank, attached and with the breakpoints set."""

    def __init__(
        self,
        configuration: dict[str, Any],
        ranks: int,
        open_session: Callable[..., Session],
        breakpoints: dict[Path, list[int]],
    ) -> None:
        self._open_session = open_session
        self._breakpoints = breakpoints
        self.ranks: dict[int, Session] = {}
        self._attaching: list[threading.Thread] = []
        self.parent = open_session(on_ask=self._open)
        self.parent.initialize()
        self.parent.get(configuration["request"], configuration)
        until("a session for each rank", lambda: len(self._attaching) == ranks)
        for thread in self._attaching:
            thread.join(PATIENCE)

    def all(self, event: str) -> list[Any]:
        """What each rank's session says of its next event of that name, by rank."""
        return [session.event(event) for _, session in sorted(self.ranks.items())]

    def _open(self, asked: dict[str, Any]) -> bool:
        assert asked["command"] == "startDebugging"
        configuration = asked["arguments"]["configuration"]
        session = self.ranks[configuration["rank"]] = self._open_session()
        attach = threading.Thread(target=session.attach, args=(configuration, self._breakpoints))
        attach.start()
        self._attaching.append(attach)
        return True
