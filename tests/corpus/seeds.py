"""Workspaces to damage: the examples of every rule, and those of the corpus command, in memory."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from recipes import LAUNCH, SCRIPT, target_of, write_files
from rule_blocks import blocks
from tunesmith.facts.target import Gpu, Target, read_target
from tunesmith.rules.table import RULES

EXAMPLES = Path(__file__).parent / "examples"
LARGEST = 20_000
KNOWN_TARGET = Target(
    packages={
        "accelerate": "1.10.1",
        "deepspeed": "0.17.6",
        "llamafactory": "0.9.3",
        "peft": "0.17.1",
        "torch": "2.8.0",
        "transformers": "4.57.6",
        "trl": "0.24.0",
    },
    python="3.11",
    gpus=(Gpu("NVIDIA A100-SXM4-40GB", 2, 40, (8, 0)),),
    machines=1,
    cpus=16,
    memory_gib=128,
    disk_free_gib=100,
    ports_in_use=frozenset((29500,)),
)
"""So that rules that wait for a version or a machine run too."""


@dataclass(frozen=True)
class Seed:
    """`file` is checked; `files` holds it and all beside it, by their paths in the workspace."""

    name: str
    file: str
    files: Mapping[str, str]
    launch: str = ""
    target: Target | None = None


def seeds() -> Sequence[Seed]:
    return (*_of_rules(), *_of_cases())


def _of_rules() -> Iterator[Seed]:
    for rule in RULES:
        for heading in ("Flags", "Accepts"):
            for number, block in enumerate(blocks(rule, heading)):
                yield _of_block(f"{rule.code} {heading} {number}", block)


def _of_block(name: str, block: str) -> Seed:
    lines = block.splitlines()
    launch = next((line.removeprefix(LAUNCH) for line in lines if line.startswith(LAUNCH)), None)
    script = [line.removeprefix(SCRIPT) for line in lines if line.startswith(SCRIPT)]
    file = "recipe.train.yaml" if launch is None else "train.yaml"
    with tempfile.TemporaryDirectory() as folder:
        write_files(block, Path(folder))
        files = _files_in(Path(folder))
    if script:
        files["train.py"] = "\n".join(("HfArgumentParser((TrainingArguments,))", *script))
    return Seed(name, file, files | {file: block}, launch or "", target_of(block))


def _of_cases() -> Iterator[Seed]:
    for folder in sorted((EXAMPLES / "cases").iterdir()):
        about = json.loads((folder / "case.json").read_text(encoding="utf-8"))
        target = read_target(json.loads((folder / "target.json").read_text(encoding="utf-8")))
        files = _files_in(folder / "broken")
        yield Seed(folder.name, about["check"], files, about["launch"], target)
    clean = _files_in(EXAMPLES / "clean" / "own+examples")
    for name in clean:
        yield Seed(f"clean {name}", name, {name: clean[name]})


def _files_in(folder: Path) -> dict[str, str]:
    """The texts; weights and other large files are not what a damaged workspace is about."""
    return {
        str(path.relative_to(folder)): path.read_text(encoding="utf-8")
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.suffix != ".safetensors" and path.stat().st_size < LARGEST
    }
