"""A YAML document as values with places. Lines and characters count from 0, characters are code points."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

from tunesmith.core.path import RecipePath

Style = Literal["plain", "single", "double", "block"]


class Position(NamedTuple):
    line: int
    character: int


class Range(NamedTuple):
    """From `start` up to and without `end`."""

    start: Position
    end: Position

    def covers(self, position: Position) -> bool:
        """Whether the cursor is in it or at one of its ends."""
        return self.start <= position <= self.end


@dataclass(frozen=True, slots=True)
class Scalar:
    """`text` as it stands in the file, quotes included; `value` as YAML 1.2 core reads it."""

    range: Range
    text: str
    value: str | int | float | bool | None
    style: Style = "plain"


@dataclass(frozen=True, slots=True)
class Entry:
    """A key and its value; `value` is None when nothing stands after the colon."""

    range: Range
    key: Scalar
    value: Node | None
    name: str = field(init=False, compare=False)
    """The key as a string, also when it is written as a number."""

    def __post_init__(self) -> None:
        name = self.key.value if isinstance(self.key.value, str) else self.key.text
        object.__setattr__(self, "name", name)


@dataclass(frozen=True, slots=True)
class Map:
    """`by_name` holds the first entry where a key stands twice; `value` is the map as Python has it."""

    range: Range
    entries: tuple[Entry, ...]
    flow: bool = False
    by_name: Mapping[str, Entry] = field(init=False, repr=False, compare=False)
    value: Mapping[str, Any] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        by_name: dict[str, Entry] = {}
        for entry in self.entries:
            by_name.setdefault(entry.name, entry)
        object.__setattr__(self, "by_name", by_name)
        object.__setattr__(self, "value", {name: plain(entry.value) for name, entry in by_name.items()})

    def entry(self, name: str) -> Entry | None:
        return self.by_name.get(name)


@dataclass(frozen=True, slots=True)
class List:
    range: Range
    items: tuple[Node | None, ...]
    flow: bool = False
    value: Sequence[Any] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "value", [plain(item) for item in self.items])


Node = Scalar | Map | List


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with the text itself: a code of `syntax.codes` and the arguments of its message."""

    code: str
    range: Range
    arguments: Mapping[str, object] = field(default_factory=dict[str, object])


@dataclass(frozen=True, slots=True)
class Tree:
    """The first document of a text. `root` is None when the text holds no value."""

    text: str
    lines: tuple[str, ...]
    root: Node | None
    problems: tuple[Problem, ...]

    def find(self, path: RecipePath) -> Entry | Node | None:
        """The entry or list item at `path`; None when there is nothing."""
        here: Entry | Node | None = self.root
        for step in path:
            node = here.value if isinstance(here, Entry) else here
            here = _child(node, step)
            if here is None:
                return None
        return here

    def node(self, path: RecipePath) -> Node | None:
        """The value at `path`; None when it is absent or empty."""
        found = self.find(path)
        return found.value if isinstance(found, Entry) else found

    def range_of(self, path: RecipePath, on: Literal["key", "value"] = "key") -> Range:
        """What to underline for `path`: its key or value, or the nearest thing above it that exists."""
        while path:
            found = self.find(path)
            if isinstance(found, Entry):
                return found.value.range if on == "value" and found.value else found.key.range
            if found is not None:
                return found.range
            path, on = path[:-1], "key"
        return self._first_line()

    def path_at(self, position: Position) -> RecipePath:
        """The path of the innermost entry or item whose text holds `position`."""
        path: list[str | int] = []
        node = self.root
        while node is not None:
            step, node = _step_at(node, position)
            if step is None:
                break
            path.append(step)
        return tuple(path)

    def _first_line(self) -> Range:
        for number, line in enumerate(self.lines):
            text = line.strip()
            if text and not text.startswith(("#", "---", "%")):
                start = len(line) - len(line.lstrip())
                return Range(Position(number, start), Position(number, len(line.rstrip())))
        return Range(Position(0, 0), Position(0, len(self.lines[0]) if self.lines else 0))


def plain(node: Node | None) -> Any:
    """Python values of a node, not to be changed: nodes share them.

    Of a key that stands twice the first counts.
    """
    return None if node is None else node.value


def maps(node: Node | None) -> list[Map]:
    """Every map in `node`, outer first; what aliases repeat comes once."""
    found: list[Map] = []
    seen: set[int] = set()
    waiting = [node]
    while waiting:
        here = waiting.pop()
        if isinstance(here, Scalar) or here is None:
            continue
        members = here.entries if isinstance(here, Map) else here.items
        if id(members) in seen:
            continue
        seen.add(id(members))
        if isinstance(here, Map):
            found.append(here)
            waiting += [entry.value for entry in here.entries]
        else:
            waiting += here.items
    return found


def _child(node: Node | None, step: str | int) -> Entry | Node | None:
    if isinstance(node, Map):
        return node.entry(str(step))
    if isinstance(node, List) and isinstance(step, int) and 0 <= step < len(node.items):
        return node.items[step]
    return None


def _step_at(node: Node, position: Position) -> tuple[str | int | None, Node | None]:
    if isinstance(node, Map):
        for entry in node.entries:
            if entry.range.covers(position):
                return entry.name, entry.value
    elif isinstance(node, List):
        for index, item in enumerate(node.items):
            if item is not None and item.range.covers(position):
                return index, item
    return None, None
