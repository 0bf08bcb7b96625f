"""Command lines that people keep beside their files: in shell scripts, in the editor's tasks and launches."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from tunesmith.facts.document import read_document

MOST_SCRIPTS = 50
LONGEST = 20_000
"""Characters of a command line."""
FILES = (".vscode/tasks.json", ".vscode/launch.json")
STRING_OR_COMMENT = re.compile(r'"(?:\\.|[^"\\])*"|//[^\n]*|/\*.*?(?:\*/|\Z)', re.DOTALL)
STRING_OR_COMMA = re.compile(r'"(?:\\.|[^"\\])*"|,(?=\s*[}\]])')
ASSIGNED = re.compile(r"(?:export\s+)?([A-Za-z_]\w*)=(\S*)")
VARIABLE = re.compile(r"\$(?:\{(\w+)\}|(\w+))")
NEXT_COMMAND = re.compile(r"&&|\|\||[;|&]")


@dataclass(frozen=True)
class CommandLine:
    """`folder` is where it runs, as far as `origin`, the file that it stands in, says so."""

    text: str
    folder: Path
    origin: Path


def read_command_lines(folder: Path) -> tuple[CommandLine, ...]:
    """Those in the scripts and the editor's settings of one folder. Never raises."""
    found = [line for script in scripts_in(folder) for line in _of_script(script)]
    for name in FILES:
        found += _of_settings(folder, folder / name)
    return tuple(found)


def command_lines_fingerprint(folder: Path) -> str:
    files = [*scripts_in(folder), *(folder / name for name in FILES)]
    return " ".join(_mark(path) for path in files)


def scripts_in(folder: Path) -> list[Path]:
    try:
        return sorted(folder.glob("*.sh"))[:MOST_SCRIPTS]
    except OSError:
        return []


def _mark(path: Path) -> str:
    try:
        about = path.stat()
    except OSError:
        return "-"
    return f"{path.name} {about.st_mtime_ns} {about.st_size}"


def _of_script(script: Path) -> Iterator[CommandLine]:
    """Variables that the script sets to one word are put in; a line that still has others is left out."""
    text = read_document(script).text or ""
    known: dict[str, str] = {}
    for line in text.replace("\\\n", " ").splitlines():
        line = line.strip()
        if line.startswith("#"):
            continue
        if assigned := ASSIGNED.fullmatch(line):
            known[assigned[1]] = _filled(assigned[2].strip("\"'"), known)
            continue
        line = re.sub(r"""\s["']?\$[@*]["']?(?=\s|$)""", " ", line)
        for command in NEXT_COMMAND.split(_filled(line, known)):
            if command.strip() and "$" not in command and "`" not in command:
                yield CommandLine(command.strip(), script.parent, script)


def _filled(text: str, known: Mapping[str, str]) -> str:
    """A text that grows too long, by variables that are made of each other, stays as it is."""
    filled = VARIABLE.sub(lambda match: known.get(match[1] or match[2], match[0]), text)
    return filled if len(filled) <= LONGEST else text


def _of_settings(folder: Path, file: Path) -> Iterator[CommandLine]:
    text = read_document(file).text
    if text is None:
        return
    try:
        values: Any = json.loads(without_comments(text))
    except (ValueError, RecursionError):
        return
    whole = _mapping(values)
    for each in _list(whole.get("tasks", whole.get("configurations"))):
        row = _mapping(each)
        line = _line(row)
        if line is None:
            continue
        place = str(row.get("cwd") or _mapping(row.get("options")).get("cwd") or folder)
        filled = line.replace("${workspaceFolder}", str(folder))
        where = place.replace("${workspaceFolder}", str(folder))
        if "$" not in filled and "$" not in where:
            yield CommandLine(filled, folder / where, file)


def _line(row: Mapping[str, Any]) -> str | None:
    """A task's command, or what a launch starts Python with."""
    words = row.get("args")
    given = [
        str(_mapping(word).get("value", "")) if isinstance(word, dict) else str(word) for word in _list(words)
    ]
    arguments = words if isinstance(words, str) else " ".join(map(shlex.quote, given))
    if isinstance(command := row.get("command"), str):
        return f"{command} {arguments}".strip()
    if isinstance(module := row.get("module"), str):
        return f"python -m {module} {arguments}".strip()
    program = row.get("program")
    return f"python {shlex.quote(program)} {arguments}".strip() if isinstance(program, str) else None


def _mapping(value: Any) -> Mapping[str, Any]:
    return cast(Mapping[str, Any], value) if isinstance(value, dict) else {}


def _list(value: Any) -> list[Any]:
    return cast(list[Any], value) if isinstance(value, list) else []


def without_comments(text: str) -> str:
    """JSON as editors write it, as JSON."""
    bare = STRING_OR_COMMENT.sub(lambda match: match[0] if match[0].startswith('"') else " ", text)
    return STRING_OR_COMMA.sub(lambda match: match[0] if match[0].startswith('"') else "", bare)
