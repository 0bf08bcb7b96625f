"""V2. Configurations that public projects ship: no error may stand in them."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tunesmith.core.finding import Severity
from tunesmith.dialects.recognise import Dialect
from tunesmith.facts.sources import Store, read_now
from tunesmith.rules.foreign import check_foreign
from tunesmith.rules.table import FOREIGN, TRAINING
from tunesmith.rules.texts import message

from corpus.report import Measure, Section, share

KINDS = {
    "hf-args-yaml": Dialect.HF_ARGUMENTS,
    "accelerate-yaml": Dialect.ACCELERATE,
    "deepspeed-json": Dialect.DEEPSPEED,
    "llamafactory-yaml": Dialect.LLAMA_FACTORY,
    "axolotl-yaml": Dialect.AXOLOTL,
}
WHAT_ERRORS, WHAT_KNOWN = "false errors in working files", "working files recognised as what they are"
GOAL_KNOWN = 0.98


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
    """`rules`: the codes of those that had what they need, and ran."""

    file: CleanFile
    recognised: Dialect | None
    errors: tuple[str, ...]
    rules: tuple[str, ...]

    @property
    def is_known(self) -> bool:
        return self.recognised is self.file.expected


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
        return Checked(file, None, (), ())
    errors = tuple(
        f"{one.finding.code} line {one.range.start.line + 1}: {message(one.finding)}"
        for one in report.findings
        if one.finding.severity is Severity.ERROR
    )
    ran = (rule.code for rule in (*TRAINING, *FOREIGN) if all(fact in report.facts for fact in rule.needs))
    return Checked(file, report.reading.dialect, errors, tuple(ran))


def silent(checked: Sequence[Checked]) -> Section:
    meant = [one for one in checked if one.file.is_meant]
    known = [one for one in meant if one.is_known]
    errors = sum(len(one.errors) for one in meant)
    read = [one for one in meant if one.recognised is not None]
    lines = (
        *(f"✗ {one.file.path.name}: {'; '.join(one.errors)}" for one in meant if one.errors),
        *(_mistaken(one) for one in meant if not one.is_known),
        f"V2  {errors} false errors in {len(meant)} working files (goal 0)",
        f"    {len(known)}/{len(meant)} recognised as what they are (goal {GOAL_KNOWN:.0%})",
        "    rules that ran: " + _counts(Counter(len(one.rules) for one in read)),
        "    by rule: " + _counts(Counter(code for one in read for code in one.rules)),
    )
    measures = (
        Measure("V2", WHAT_ERRORS, errors, 0, least=False),
        Measure("V2", WHAT_KNOWN, share(len(known), len(meant)), GOAL_KNOWN),
    )
    return Section("V2", lines, measures, [_row(one) for one in meant])


def _mistaken(one: Checked) -> str:
    taken = one.recognised.value if one.recognised else "nothing that is known"
    return f"✗ {one.file.path.name} ({one.file.kind}) is taken for {taken}"


def _counts(counter: Counter[Any]) -> str:
    return ", ".join(f"{what} in {files} files" for what, files in sorted(counter.items()))


def _row(one: Checked) -> Mapping[str, Any]:
    return {
        "file": str(one.file.path),
        "kind": one.file.kind,
        "recognised": one.recognised.value if one.recognised else None,
        "errors": one.errors,
        "rules": one.rules,
    }
