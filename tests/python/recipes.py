"""Recipes for tests: a cursor mark in the text, and files that the text asks for in comments."""

from __future__ import annotations

import json
import re
import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from trainer import training_interpreter as training_interpreter
from tunesmith.core.fact import Facts
from tunesmith.core.finding import Finding, Fix
from tunesmith.dialects.fixes import placed
from tunesmith.dialects.launch import read_launch
from tunesmith.facts.fitness import REQUIREMENTS
from tunesmith.facts.installed import Environment
from tunesmith.facts.interpreter import Interpreter
from tunesmith.facts.machine import Machine
from tunesmith.facts.sources import MACHINE, Look, Source, Store, read_now
from tunesmith.facts.target import Gpu, Target
from tunesmith.ide.edits import TextEdit, text_edits
from tunesmith.rules.check import Report, check
from tunesmith.rules.foreign import check_foreign
from tunesmith.syntax.tree import Position

ROOT = Path(__file__).parents[2]
MARK = "‸"
INSTALLED = "# installed "
LAUNCH = "# launch "
SCRIPT = "# script "
TAKES = "# takes "
EITHER = "# either "
FIELDS = "# fields "
SETTINGS = "# settings "
NO_GPUS = "# no gpus"
TAKEN = "# ports "
FREE = "# disk "
PACKAGES = "# packages "
GPUS = re.compile(r"# gpus (?P<count>\d+) x (?P<name>.+), (?P<major>\d)\.(?P<minor>\d), (?P<memory>\d+) GiB")
LIBRARIES = Store()
"""What is installed does not change while the tests run."""


def cursor(text: str) -> tuple[str, Position]:
    """The text without its mark, and where the mark stood."""
    before, mark, after = text.partition(MARK)
    assert mark, "the text has no cursor mark"
    line = before.count("\n")
    return before + after, Position(line, len(before) - (before.rfind("\n") + 1))


def write_files(text: str, folder: Path) -> None:
    """Make the files that lines like these name.

    `# file data/d.csv: text,label | 80 rows` writes a header and rows; `# file m/config.json: {}` writes its
    text, with a new line for each `\\n`.
    """
    for line in text.splitlines():
        head, _, rest = line.strip().partition(": ")
        if head.startswith("# model "):
            write_weights(folder / head.removeprefix("# model "), rest)
        if not head.startswith("# file "):
            continue
        path = folder / head.removeprefix("# file ").rstrip(":")
        content, _, rows = rest.partition(" | ")
        content = content.replace(",", "\t") if path.suffix == ".tsv" else content
        content = content.replace("\\n", "\n")
        body = "\n" + content.replace(",", "1,") if rows else ""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content + body * int(rows.split()[0] if rows else 0) + "\n", encoding="utf-8")


def write_weights(folder: Path, model_type: str) -> None:
    """A model folder whose weights have names alone: two of an attention layer and one of a norm."""
    folder.mkdir(parents=True, exist_ok=True)
    layer = "encoder.layer.0.attention"
    names = (f"{layer}.self.query.weight", f"{layer}.self.value.weight", f"{layer}.output.LayerNorm.weight")
    empty = {"dtype": "F32", "shape": [0], "data_offsets": [0, 0]}
    header = json.dumps({"__metadata__": {"format": "pt"}, **dict.fromkeys(names, empty)}).encode()
    (folder / "model.safetensors").write_bytes(struct.pack("<Q", len(header)) + header)
    (folder / "config.json").write_text(json.dumps({"model_type": model_type}))
    (folder / "tokenizer.json").write_text("{}")


def look_for(text: str) -> Look:
    """Reads the disk; `# machine with an accelerator`, `… with Slurm` or `… without …` in the text stands for
    the machine,
    `# installed torch 2.4.0, …` for what the training interpreter holds."""
    read = read_now(Store())
    read_installed = read_now(LIBRARIES)
    said = next((line for line in text.splitlines() if line.startswith("# machine with")), None)
    installed = next((line for line in text.splitlines() if line.startswith(INSTALLED)), None)

    def look(source: Source) -> Any:
        if source == MACHINE and said:
            if "Slurm" in said:
                return Machine(None, slurm="without" not in said)
            return Machine(accelerator="without" not in said)
        if source.kind == "environment" and installed:
            words = installed.removeprefix(INSTALLED).replace(",", "").split()
            versions = dict(zip(words[::2], words[1::2], strict=True))
            missing = frozenset(one.name for one in REQUIREMENTS if one.name not in versions)
            return Environment(versions, {}, missing)
        return (read_installed if source.kind in ("environment", "model-class") else read)(source)

    return look


def write_script(text: str, folder: Path) -> None:
    """`train.py`: the lines `# script …`, or a parser with an argument for each `# takes …` and a group of
    those of `# either …`, or one for a dataclass with `# fields …`, or with `# settings …` of a file."""
    lines = text.splitlines()
    said = {
        mark: [line.removeprefix(mark) for line in lines if line.startswith(mark)]
        for mark in (SCRIPT, TAKES, EITHER, FIELDS, SETTINGS)
    }
    script = said[SCRIPT]
    if said[FIELDS]:
        script = ["from dataclasses import dataclass, field", "from transformers import HfArgumentParser"]
        script += ["@dataclass", f"class Data: {'; '.join(said[FIELDS])}"]
        script += ["HfArgumentParser(Data).parse_args_into_dataclasses()"]
    elif said[SETTINGS]:
        script = ["import sys", "from dataclasses import dataclass, field"]
        script += ["from transformers import HfArgumentParser, TrainingArguments"]
        script += ["@dataclass", f"class Data: {'; '.join(said[SETTINGS])}"]
        script += ["HfArgumentParser((Data, TrainingArguments)).parse_yaml_file(sys.argv[1])"]
    elif said[TAKES] or said[EITHER]:
        script = ["import argparse", "parser = argparse.ArgumentParser()"]
        script += [f"parser.add_argument({words})" for words in said[TAKES]]
        script += ["group = parser.add_mutually_exclusive_group()"] if said[EITHER] else []
        script += [f"group.add_argument({words})" for words in said[EITHER]]
        script += ["parser.parse_args()"]
    if script:
        (folder / "train.py").write_text("\n".join(script) + "\n", encoding="utf-8")


def checked(text: str, folder: Path, python: Interpreter | None = None) -> Report:
    """The report of a recipe after the files that it asks for were made."""
    write_files(text, folder)
    write_script(text, folder)
    return check(text, folder, python, look_for(text), target=target_of(text))


def target_of(text: str) -> Target | None:
    """`# gpus 2 x Tesla T4, 7.5, 16 GiB` and `# packages torch 2.2.2, …` say where the recipe will run."""
    lines = text.splitlines()
    gpus = [match for line in lines if (match := GPUS.fullmatch(line))]
    packages = next((line for line in lines if line.startswith(PACKAGES)), None)
    taken = next((line.removeprefix(TAKEN) for line in lines if line.startswith(TAKEN)), None)
    free = next((line.removeprefix(FREE) for line in lines if line.startswith(FREE)), None)
    if not gpus and packages is None and taken is None:
        return None
    words = packages.removeprefix(PACKAGES).replace(",", "").split() if packages else []
    return Target(
        packages=dict(zip(words[::2], words[1::2], strict=True)) if packages else None,
        gpus=tuple(
            Gpu(one["name"], int(one["count"]), float(one["memory"]), (int(one["major"]), int(one["minor"])))
            for one in gpus
        )
        or (() if NO_GPUS in lines else None),
        disk_free_gib=float(free) if free else None,
        ports_in_use=frozenset(int(port) for port in taken.split(",")) if taken else None,
    )


@dataclass(frozen=True)
class Examined:
    """What a rule's example leads to: a recipe, or with `# launch …` a file that is launched so, by the
    script of a line `# script …`."""

    text: str
    findings: tuple[Finding, ...]
    facts: Facts
    stands: Callable[[Finding], bool]
    """Whether the place of a finding is written."""
    edits: Callable[[Fix], Sequence[TextEdit] | None]


def examined(text: str, folder: Path, python: Interpreter | None) -> Examined:
    launch = next((line for line in text.splitlines() if line.startswith(LAUNCH)), None)
    if launch is None:
        report = checked(text, folder, python)
        tree = report.tree
        return Examined(
            text,
            report.findings,
            report.facts,
            lambda finding: tree.find(finding.path) is not None,
            lambda fix: text_edits(tree, fix.edits),
        )
    write_files(text, folder)
    script = [line.removeprefix(SCRIPT) for line in text.splitlines() if line.startswith(SCRIPT)]
    if script:
        (folder / "train.py").write_text("\n".join(("HfArgumentParser((TrainingArguments,))", *script)))
    else:
        write_script(text, folder)
    file = folder / "train.yaml"
    foreign = check_foreign(
        file,
        text,
        folder,
        look_for(text),
        read_launch(launch.removeprefix(LAUNCH)),
        target_of(text),
        python,
    )
    assert foreign is not None, text
    reading = foreign.reading

    def stands(finding: Finding) -> bool:
        place = reading.place(finding.path)
        return reading.documents[place.document].find(place.path) is not None

    def edits(fix: Fix) -> Sequence[TextEdit] | None:
        found = placed(reading, fix)
        return (
            None
            if found is None or set(found) != {file}
            else text_edits(reading.documents[file], found[file])
        )

    return Examined(text, tuple(one.finding for one in foreign.findings), foreign.facts, stands, edits)


def applied(text: str, edits: Sequence[TextEdit]) -> str:
    """The text with the edits, last first so that earlier places stay right."""
    lines = text.split("\n")
    for edit in sorted(edits, key=lambda one: one.range.start, reverse=True):
        (top, left), (bottom, right) = edit.range
        middle = lines[top][:left] + edit.text + lines[bottom][right:]
        lines[top : bottom + 1] = middle.split("\n")
    return "\n".join(lines)
