"""Configurations that public projects ship: no error may stand in them."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tunesmith.core.finding import Severity
from tunesmith.dialects.recognise import Dialect
from tunesmith.facts.sources import Store, read_now
from tunesmith.rules.foreign import check_foreign
from tunesmith.rules.texts import message

KINDS = {
    "hf-args-yaml": Dialect.HF_ARGUMENTS,
    "accelerate-yaml": Dialect.ACCELERATE,
    "deepspeed-json": Dialect.DEEPSPEED,
    "llamafactory-yaml": Dialect.LLAMA_FACTORY,
    "axolotl-yaml": Dialect.AXOLOTL,
}


@dataclass(frozen=True)
class CleanFile:
    """`expected` is None for what is not ours to know."""

    path: Path
    kind: str
    expected: Dialect | None

    @property
    def is_meant(self) -> bool:
        """Whether it is a valid configuration."""
        return "NEGATIVE" not in self.kind


@dataclass(frozen=True)
class Checked:
    file: CleanFile
    recognised: Dialect | None
    errors: tuple[str, ...]
    rules_run: int


def clean_in(folder: Path) -> Iterator[CleanFile]:
    with (folder / "MANIFEST.tsv").open(encoding="utf-8", newline="") as manifest:
        for row in csv.DictReader(manifest, delimiter="\t"):
            path = folder / row["repo"].replace("/", "+") / row["path"]
            named = (dialect for kind, dialect in KINDS.items() if row["kind"].startswith(kind))
            yield CleanFile(path, row["kind"], next(named, None))


def check_clean(file: CleanFile) -> Checked:
    """With nothing known of the machine and its packages."""
    text = file.path.read_text(encoding="utf-8")
    report = check_foreign(file.path, text, file.path.parent, read_now(Store()))
    if report is None:
        return Checked(file, None, (), 0)
    errors = tuple(
        f"{one.finding.code} line {one.range.start.line + 1}: {message(one.finding)}"
        for one in report.findings
        if one.finding.severity is Severity.ERROR
    )
    return Checked(file, report.reading.dialect, errors, report.rules_run)
