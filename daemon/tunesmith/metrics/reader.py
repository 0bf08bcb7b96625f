"""All event files of one run, across its attempts, read into one history."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from tunesmith.core.layout import RunFolder
from tunesmith.metrics.again import GoneOver
from tunesmith.metrics.columns import Columns, concatenate
from tunesmith.metrics.decode import decode
from tunesmith.metrics.elsewhere import Lists
from tunesmith.metrics.series import MOST_TAGS, History
from tunesmith.metrics.tail import Chunk, EventFile, Replaced, event_files

MOST_FILES = 1000
LOOK_FOR_FILES = 0.25
"""Seconds between two looks for new files; files that are known are looked at on every `advance`."""


@dataclass
class Update:
    """What one `advance` found.

    `replaced`: points that stood in the history are gone. `more`: there is more to read right now.
    """

    added: dict[str, list[Columns]] = field(default_factory=dict[str, list[Columns]])
    replaced: bool = False
    more: bool = False
    warnings: list[str] = field(default_factory=list[str])

    def points(self) -> dict[str, Columns]:
        return {tag: concatenate(parts) for tag, parts in self.added.items()}


class RunReader:
    """Reads a run's event files in the order of attempt, folder and name.

    A tag in a folder below `tb/` carries the folder's name: `validation/epoch_loss`. After the files in `tb/`
    come those that the program of the run opened elsewhere.

    What an attempt wrote after the checkpoint that the next one went on from is void as soon as that one
    writes: also in tags that it writes later, or never again.
    """

    def __init__(self, folder: Path) -> None:
        self._run = RunFolder(folder)
        self._files: dict[Path, tuple[str, EventFile]] = {}
        self._elsewhere = Lists(MOST_FILES)
        self._gone_over = GoneOver()
        self._own_words = False
        """Whether a program of the user's writes too, which may count its steps in a way of its own."""
        self._looked = -1.0
        self._said: set[str] = set()
        self.history = History()
        self.warnings: list[str] = []

    def advance(self, now: float) -> Update:
        """Read what is new, at most one chunk of a file that has more. `now` never goes back."""
        update = Update()
        if self._looked < 0 or now - self._looked >= LOOK_FOR_FILES:
            self._looked = now
            self._look_for_files(update)
        for prefix, file in self._files.values():
            try:
                chunk = file.read()
            except Replaced:
                self._start_again(update)
                return update
            except OSError as error:
                self._warn(update, f"{file.path.name} cannot be read: {error.strerror}")
                continue
            if chunk is not None:
                self._take(prefix, chunk, file, update)
            if chunk is not None and chunk.more:
                # A later file may go over the same steps again: it waits until this one is read to its end.
                update.more = True
                break
        return update

    def _take(self, prefix: str, chunk: Chunk, file: EventFile, update: Update) -> None:
        again = self._gone_over.from_step(file.path)
        if again is not None and not self._own_words:
            update.replaced |= self.history.restart(again, "")
        decoded = decode(chunk.data, chunk.frames)
        for step in decoded.restarts:
            update.replaced |= self.history.restart(step, prefix)
        added = self.history.append({prefix + tag: points for tag, points in decoded.columns.items()})
        update.replaced |= added.replaced
        for tag, points in added.columns.items():
            update.added.setdefault(tag, []).append(points)
        if chunk.damage is not None:
            self._warn(update, chunk.damage)
        if decoded.unreadable:
            self._warn(
                update, f"{file.path.name} holds records that are no TensorBoard events; they are left out"
            )
        if added.left_out:
            self._warn(update, f"The run has more than {MOST_TAGS} tags; the first {MOST_TAGS} are shown")

    def _look_for_files(self, update: Update) -> None:
        found: dict[Path, str] = {}
        try:
            for number in _attempts(self._run.attempts):
                events = self._run.attempt(number).events
                own = event_files(events, MOST_FILES - len(found))
                self._gone_over.found(self._run.attempt(number), own)
                for path in own:
                    below = path.parent.relative_to(events).as_posix()
                    found[path] = "" if below == "." else f"{below}/"
                listed = self._elsewhere.files(self._run.attempt(number).events_elsewhere(0).parent)
                fresh = [(path, prefix) for path, prefix in listed.items() if path not in found]
                found |= dict(fresh[: MOST_FILES - len(found)])
                self._own_words |= bool(listed)
        except OSError as error:
            self._warn(update, f"{error.filename} cannot be read: {error.strerror}")
            return
        if len(found) == MOST_FILES:
            self._warn(update, f"The run has more than {MOST_FILES} event files; the first are shown")
        known = self._files
        self._files = {
            path: known[path] if path in known and known[path][0] == prefix else (prefix, EventFile(path))
            for path, prefix in found.items()
        }
        if any(found.get(path) != prefix and file.offset for path, (prefix, file) in known.items()):
            self._start_again(update)

    def _start_again(self, update: Update) -> None:
        self._files = {}
        self._gone_over = GoneOver()
        self._looked = -1.0
        self._said.clear()
        self.warnings.clear()
        self.history = History()
        update.added.clear()
        update.replaced = True
        update.more = True

    def _warn(self, update: Update, message: str) -> None:
        if message not in self._said:
            self._said.add(message)
            self.warnings.append(message)
            update.warnings.append(message)


def _attempts(folder: Path) -> list[int]:
    if not folder.is_dir():
        return []
    return sorted(
        int(path.name) for path in folder.iterdir() if path.name.isdecimal() and not path.is_symlink()
    )
