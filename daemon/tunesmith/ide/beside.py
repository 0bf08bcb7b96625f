"""Which keys stand in a section already, told by indentation and brackets like the place of the cursor."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tunesmith.ide.place import KEY, Place, bare, is_indented


def names_beside(lines: Sequence[str], place: Place) -> set[str]:
    """The keys of the section that is written in, without the one that is being written."""
    found = _in_flow(lines, place) if place.flow else _in_block(lines, place)
    return set(found)


def _in_block(lines: Sequence[str], place: Place) -> Iterator[str]:
    number, indent = place.range.start.line, place.range.start.character
    beside = [*_section(lines, range(number - 1, -1, -1), indent)]
    beside += _section(lines, range(number + 1, len(lines)), indent)
    if not place.prefix and number < len(lines):
        # The cursor stands before a key: nobody is writing that one.
        beside.append(number)
    for other in beside:
        match = KEY.match(lines[other], indent)
        if match:
            yield bare(match.group(1))


def _section(lines: Sequence[str], numbers: range, indent: int) -> Iterator[int]:
    """The lines that stand exactly as far to the right, up to one that stands further to the left."""
    for number in numbers:
        line = lines[number]
        if is_indented(line, indent + 1):
            continue
        text = line.strip()
        if not text or text.startswith("#"):
            continue
        if not is_indented(line, indent):
            return
        yield number


def _in_flow(lines: Sequence[str], place: Place) -> Iterator[str]:
    """The keys between the brackets around the cursor, on its line."""
    line = lines[place.range.start.line]
    here, end = place.range.start.character, place.range.end.character
    start = _opening(line, here)
    depth, begin = 0, start
    for index in range(start, len(line)):
        char = line[index]
        if char in "{[":
            depth += 1
        elif char in "}]":
            depth -= 1
            if depth < 0:
                return
        elif depth == 0 and char == ",":
            begin = index + 1
        elif depth == 0 and char == ":" and begin <= index:
            written = begin <= here < index if place.prefix else here <= begin < end
            if not written:
                yield bare(line[begin:index])
            begin = len(line)


def _opening(line: str, before: int) -> int:
    """Where the brackets that hold the position begin."""
    depth = 0
    for index in range(before - 1, -1, -1):
        if line[index] in "}]":
            depth += 1
        elif line[index] in "{[":
            if depth == 0:
                return index + 1
            depth -= 1
    return 0
