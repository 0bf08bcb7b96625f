"""Which files the client has us format: recipes, and those of others that we know. All else keeps the
formatter that it has: of two the editor would ask which one to take."""

from __future__ import annotations

import re
from collections.abc import Callable, MutableMapping
from typing import TYPE_CHECKING, Any

from lsprotocol import types

if TYPE_CHECKING:
    from tunesmith.server.snapshot import Snapshot

FORMATS = (types.TEXT_DOCUMENT_FORMATTING, types.TEXT_DOCUMENT_RANGE_FORMATTING)
GLOB = re.compile(r"[*?\[\]{}]")


class Formatters:
    """A client that cannot be asked file by file is told once and for all that we format."""

    def __init__(self, register: Callable[[types.RegistrationParams], object]) -> None:
        self._register = register
        self._asked: set[str] = set()
        self._by_file = False

    def greet(self, client: types.ClientCapabilities, announced: MutableMapping[str, Any]) -> None:
        """Take out of what is `announced` about methods what the client will be asked for."""
        document = client.text_document
        can = (document.formatting, document.range_formatting) if document else (None,)
        self._by_file = all(one is not None and one.dynamic_registration for one in can)
        for method in FORMATS if self._by_file else ():
            announced[method] = False

    def offer(self, snapshot: Snapshot) -> None:
        """The file is open and one of those."""
        path = snapshot.yaml
        if not self._by_file or path is None or snapshot.version is None:
            return
        # It is loaded by now; the greeting would wait for it.
        from tunesmith.stages.recipe import SUFFIX

        pattern = f"**/*{SUFFIX}" if snapshot.report else GLOB.sub(r"[\g<0>]", path.as_posix())
        if pattern in self._asked:
            return
        self._asked.add(pattern)
        selector = [types.TextDocumentFilterPattern(pattern=pattern, scheme="file")]
        options = types.TextDocumentRegistrationOptions(selector)
        asked = [types.Registration(f"{method} {pattern}", method, options) for method in FORMATS]
        self._register(types.RegistrationParams(asked))
