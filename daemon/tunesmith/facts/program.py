"""The command line that a script or module of the user's reads, found by following its source."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType

from tunesmith.facts.bounded import read_bounded
from tunesmith.facts.dataclass_options import library_options
from tunesmith.facts.followed import read_places
from tunesmith.facts.library import Library
from tunesmith.facts.local_modules import LARGEST, Modules
from tunesmith.facts.program_arguments import CommandLine, Option
from tunesmith.facts.script_arguments import LIBRARY_CLASSES
from tunesmith.facts.script_file import module_files, script_fingerprint


@dataclass(frozen=True)
class Program:
    """`line` is None when how it reads its arguments is not understood; `settings` is what a file may hold
    that it is started with. `files` are all that were looked for: it changes with them."""

    line: CommandLine | None = None
    settings: CommandLine | None = None
    files: tuple[Path, ...] = ()
    joined: dict[bool, tuple[list[Library | None], CommandLine]] = field(
        default_factory=dict[bool, "tuple[list[Library | None], CommandLine]"], compare=False, repr=False
    )
    """The two with what was last known of the libraries."""

    def with_libraries(self, of_file: bool, library: Callable[[str], Library | None]) -> CommandLine | None:
        """`line`, or `settings`, with the arguments that come from classes of libraries."""
        line = self.settings if of_file else self.line
        if line is None:
            return None
        found = [library(name) for name in line.libraries]
        known = self.joined.get(of_file)
        if known is None or known[0] != found:
            known = self.joined[of_file] = (found, with_libraries(line, found))
        return known[1]

    def fingerprint(self, texts: Mapping[Path, str]) -> str:
        return " ".join(
            str(hash(texts[path])) if path in texts else script_fingerprint(path) for path in self.files
        )


NOTHING: Mapping[Path, str] = MappingProxyType({})


def read_program(path: Path, module: str = "", texts: Mapping[Path, str] = NOTHING) -> Program:
    """The script at `path`, or `module` in that folder; `texts` are being written, and count before the disk.
    Never raises."""

    def read(place: Path) -> bytes:
        return texts[place].encode() if place in texts else read_bounded(place, LARGEST)

    modules = Modules(path if module else path.parent, read)
    found = next((one for place in _places(path, module) if (one := modules.load(place)) is not None), None)
    lines, files = ([], []) if found is None else read_places(modules, found, LIBRARY_CLASSES.values())
    # A file of arguments beside the script is read before the command line.
    beside = bool(path.name) and path.with_suffix(".args").exists()
    best = sorted(lines, key=lambda one: (not one.certain, not one.strict, -len(one.options)))
    line = replace(best[0], certain=best[0].certain and not beside) if best else None
    return Program(line, files[0] if len(files) == 1 else None, tuple(modules.files))


def with_libraries(line: CommandLine, libraries: list[Library | None]) -> CommandLine:
    """The arguments that come from classes of libraries, beside the program's own."""
    options: list[Option] = []
    taken = {option.name for option in line.options}
    complete = line.complete
    for found in libraries:
        if found is None:
            complete = False
            continue
        more = [one for one in library_options(found.fields, found.title) if one.name not in taken]
        options += [replace(one, certain=line.certain) for one in more]
        taken |= {one.name for one in more}
    return replace(line, options=(*line.options, *options), complete=complete, libraries=())


def _places(path: Path, module: str) -> tuple[Path, ...]:
    return module_files(path, module) if module else (path,)
