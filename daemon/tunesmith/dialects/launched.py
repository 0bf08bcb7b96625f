"""Which of the command lines that lie around starts the training of a file, and from where it is read."""

from __future__ import annotations

import os
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tunesmith.dialects.launch import Launch, read_launch
from tunesmith.facts.command_lines import CommandLine
from tunesmith.facts.sources import Look, Source

BEFORE = ("exec", "nohup", "srun", "time", "sudo", "env")
RUNNERS = {"uv": "run", "poetry": "run", "pdm": "run", "pixi": "run", "pipenv": "run"}


@dataclass(frozen=True)
class Launched:
    """`folder` is where the launch runs. `origin` is the file that holds it; None: nobody wrote one."""

    launch: Launch
    folder: Path
    origin: Path | None = None


def launched(file: Path, values: Mapping[str, object], root: Path | None, look: Look) -> Launched:
    """The one launch that names `file`; several that differ say nothing. `root` is the open folder around."""
    around = folders_around(file, root)
    name = file.name
    found_in = [look(Source("command-lines", folder)) or () for folder in around]
    lines = [line for each in found_in for line in each if name in line.text]
    found: list[Launched] = []
    for line in lines:
        for folder in dict.fromkeys((line.folder, *around)):
            if names(line, folder, file):
                launch = read_launch(_bare(line.text))
                if launch.program is not None and all(launch != one.launch for one in found):
                    found.append(Launched(launch, folder, line.origin))
                break
    if len(found) == 1:
        return found[0]
    return Launched(Launch(), found[0].folder if found else read_from(values, around))


def folders_around(file: Path, root: Path | None) -> list[Path]:
    """The file's folder and those above it, up to the open one."""
    if root is None or not file.is_relative_to(root):
        return [file.parent]
    return [folder for folder in file.parents if folder.is_relative_to(root)]


def names(line: CommandLine, folder: Path, file: Path) -> bool:
    """Whether a word of the command line is `file`, seen from `folder`."""
    try:
        words = shlex.split(line.text)
    except ValueError:
        return False
    written = [word.partition("=")[2] if word.startswith("-") and "=" in word else word for word in words]
    return any(word.endswith(file.name) and os.path.normpath(folder / word) == str(file) for word in written)


def read_from(values: Mapping[str, object], around: Sequence[Path]) -> Path:
    """The folder that the file's own paths seem to start from: one that begins with the way from there to the
    file says so. Else the file's own."""
    texts = [value for value in values.values() if isinstance(value, str)]
    own, *above = around
    for folder in above:
        first = own.relative_to(folder).parts[0]
        if any(text.startswith((f"{first}/", f"./{first}/")) for text in texts):
            return folder
    return own


def _bare(text: str) -> str:
    """The command without what only runs it."""
    words = shlex.split(text)
    while words and (words[0] in BEFORE or words[:2] == [words[0], RUNNERS.get(words[0])]):
        words = words[2:] if words[0] in RUNNERS else words[1:]
        while words and words[0].startswith("-"):
            words = words[1:]
    return shlex.join(words)
