"""What is shown of each file: findings may come from the check of another file that links to it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from lsprotocol import types
from pygls.uris import to_fs_path

from tunesmith.server.convert import to_told
from tunesmith.server.messages.settings import Options
from tunesmith.server.snapshot import Snapshot

Send = Callable[[types.PublishDiagnosticsParams], None]
Found = Mapping[Path, Sequence[types.Diagnostic]]


class Publisher:
    """Keeps who found what where, and sends what changes."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._found: dict[Path, Found] = {}
        """By the file whose check found it."""
        self._uris: dict[Path, str] = {}
        """As the client writes them."""
        self._sent: dict[Path, Sequence[types.Diagnostic]] = {}

    def publish(self, snapshot: Snapshot, options: Options) -> None:
        """The result of a check: its own file is always told, so that the client knows the version."""
        file = path_of(snapshot.uri)
        self._uris[file] = snapshot.uri
        self._put(file, to_told(snapshot, options), snapshot.version)

    def retract(self, uri: str) -> None:
        """The file is not checked any more."""
        file = path_of(uri)
        if file in self._found:
            self._put(file, {}, None)
            del self._found[file]

    def told(self, path: Path) -> list[types.Diagnostic]:
        """All that is known about a file, the same said twice once: with what it is related to."""
        own = self._found.get(path, {})
        others = [found for owner, found in self._found.items() if owner != path]
        merged: dict[tuple[object, ...], types.Diagnostic] = {}
        for found in (own, *others):
            for one in found.get(path, ()):
                key = (one.code, one.message, one.range.start.line, one.range.start.character)
                known = merged.get(key)
                if known is None or (one.related_information and not known.related_information):
                    merged[key] = one
        return list(merged.values())

    def files(self) -> list[str]:
        """Every file that something is said about."""
        return [self.uri(path) for path in self._sent]

    def uri(self, path: Path) -> str:
        return self._uris.get(path) or path.as_uri()

    def _put(self, file: Path, found: Found, version: int | None) -> None:
        touched = {*self._found.get(file, {}), *found} - {file}
        self._found[file] = found
        self._tell(file, self.told(file), version)
        for path in sorted(touched):
            now = self.told(path)
            if [*map(_said, now)] != [*map(_said, self._sent.get(path, []))]:
                self._tell(path, now, None)

    def _tell(self, path: Path, now: list[types.Diagnostic], version: int | None) -> None:
        self._sent[path] = now
        if not now and path not in self._found:
            del self._sent[path]
        self._send(types.PublishDiagnosticsParams(self.uri(path), now, version))


def _said(one: types.Diagnostic) -> tuple[object, ...]:
    """As a value: two diagnostics that say the same are not equal."""
    others = one.related_information or ()
    related = [(each.location.uri, each.message, _ends(each.location.range)) for each in others]
    return one.code, one.message, one.severity, _ends(one.range), related


def _ends(where: types.Range) -> tuple[int, int, int, int]:
    return where.start.line, where.start.character, where.end.line, where.end.character


def path_of(uri: str) -> Path:
    return Path(to_fs_path(uri) or uri)
