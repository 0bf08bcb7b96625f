"""V3. Argument files of one release that another release no longer accepts.

Made from the history of the classes: each key that one recorded release takes and another does not is written
into a file of its own, with a script that parses it; what the file must say then follows from the history.
"""

from __future__ import annotations

import ast
import json
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from recipes import applied
from tunesmith.core.finding import Fix, Severity
from tunesmith.dialects.fixes import placed
from tunesmith.dialects.launch import read_launch
from tunesmith.facts.history import history, minor
from tunesmith.facts.sources import Look, Store, read_now
from tunesmith.facts.target import Target
from tunesmith.ide.edits import text_edits
from tunesmith.rules.foreign import ForeignReport, check_foreign
from tunesmith.syntax.parse import parse
from tunesmith.syntax.tree import plain

from corpus.report import Measure, Section, share

TRAINING_ARGUMENTS = "TrainingArguments"
EVERY_TRL_CONFIG = "_BaseConfig"
PARSERS = {"transformers": "HfArgumentParser", "trl": "TrlParser"}
FILE, SCRIPT = "train.yaml", "train.py"
WHAT = "renamed or removed keys flagged, with a fix that makes the file accepted"
GOAL = 1.0

Fields = Mapping[str, frozenset[str]]
"""By release, oldest first."""


@dataclass(frozen=True)
class Key:
    """`accepted` is all that the class `owner` takes at the release `read_by`, which lacks `name`."""

    owner: str
    name: str
    written_for: str
    read_by: str
    packages: Mapping[str, str]
    accepted: frozenset[str]


@dataclass(frozen=True)
class Answer:
    """`is_fixed`: one of the fixes leaves a file that the release takes, with no error left."""

    key: Key
    is_flagged: bool
    is_fixed: bool


def read_fields(path: Path) -> Mapping[str, Fields]:
    """`{"Class@release": [field, …]}` by class. What begins with an underscore no file can set."""
    found: dict[str, dict[str, frozenset[str]]] = {}
    for name, fields in json.loads(path.read_text(encoding="utf-8")).items():
        owner, _, release = name.partition("@")
        taken = (name for name in fields if not name.startswith("_"))
        found.setdefault(owner, {})[release] = frozenset(taken)
    return {
        owner: dict(sorted(releases.items(), key=lambda one: minor(one[0])))
        for owner, releases in found.items()
    }


def recorded_fields(name: str) -> Fields:
    """The same of the daemon's own record of a class."""
    record = history(name)
    assert record is not None, f"{name} is not recorded"
    found = ((release, record.at(release)) for release in record.releases)
    return {release: frozenset(one.fields) for release, one in found if one is not None}


def package_of(owner: str) -> str:
    return "transformers" if owner == TRAINING_ARGUMENTS else "trl"


def write_script(owner: str, folder: Path) -> Path:
    """A script that parses its file with the class, in a folder of its own."""
    package, parser = package_of(owner), PARSERS[package_of(owner)]
    place = folder / owner
    place.mkdir(exist_ok=True)
    (place / SCRIPT).write_text(f"from {package} import {owner}, {parser}\n{parser}(({owner},))\n")
    return place


def keys_of(recorded: Mapping[str, Fields]) -> Iterator[Key]:
    """Every key that an older release of a class takes and a newer one does not, once for each newer one."""
    trainer = recorded[TRAINING_ARGUMENTS]
    every_trl = recorded.get(EVERY_TRL_CONFIG, {})
    for owner, releases in recorded.items():
        if owner == EVERY_TRL_CONFIG:
            continue
        package = package_of(owner)
        for index, (release, fields) in enumerate(releases.items()):
            beside = _transformers_of(release, trainer) if package == "trl" else release
            accepted = fields | trainer[beside] | every_trl.get(release, frozenset())
            packages = {"transformers": beside} | ({"trl": release} if package == "trl" else {})
            gone: dict[str, str] = {}
            for older in list(releases)[:index]:
                gone |= dict.fromkeys(sorted(releases[older] - accepted), older)
            for name, older in gone.items():
                yield Key(owner, name, older, release, packages, accepted)


def _transformers_of(trl: str, recorded: Fields) -> str:
    """The recorded transformers that a release of TRL is used with."""
    major = 4 if minor(trl) < (0, 27) else 5
    newest = [release for release in recorded if minor(release)[0] == major]
    return newest[-1]


def ask(key: Key, folder: Path, look: Look) -> Answer:
    """Check a file with the key; then each of its fixes."""
    text = f"output_dir: out\nnum_train_epochs: 1\n{key.name}: {_value(key)}\n"
    report = _checked(text, key, folder, look)
    fixes = [
        fix
        for one in report.findings
        if one.finding.severity is Severity.ERROR and one.place.path == (key.name,)
        for fix in one.finding.fixes
    ]
    flagged = any(
        one.finding.severity is Severity.ERROR and one.place.path == (key.name,) for one in report.findings
    )
    return Answer(key, flagged, any(_is_mended(text, report, fix, key, folder, look) for fix in fixes))


def _is_mended(text: str, report: ForeignReport, fix: Fix, key: Key, folder: Path, look: Look) -> bool:
    edits = placed(report.reading, fix)
    tree = report.reading.documents[folder / FILE]
    written = text_edits(tree, edits[folder / FILE]) if edits else None
    if not written:
        return False
    mended = applied(text, written)
    values = plain(parse(mended).root)
    if not isinstance(values, dict) or not set(values) <= key.accepted:
        return False
    after = _checked(mended, key, folder, look)
    return not any(one.finding.severity is Severity.ERROR for one in after.findings)


def _checked(text: str, key: Key, folder: Path, look: Look) -> ForeignReport:
    launch = read_launch(f"python {SCRIPT} --config {FILE}")
    target = Target(packages=key.packages)
    report = check_foreign(folder / FILE, text, folder, look, launch, target)
    assert report is not None, text
    return report


def _value(key: Key) -> str:
    """What the older release takes there: its default, else anything of the right type."""
    record = history(f"{package_of(key.owner)}:{key.owner}")
    library = record.at(key.written_for) if record is not None else None
    one = library.fields.get(key.name) if library is not None else None
    if one is None:
        return "1"
    if one.choices:
        return one.choices[0]
    try:
        default = ast.literal_eval(one.default or "None")
    except (ValueError, SyntaxError):
        default = None
    if isinstance(default, bool | int | float):
        return json.dumps(default)
    plain_values = {"bool": "true", "float": "0.1", "int": "1", "dict": "{}", "list": "[]"}
    return next((text for kind, text in plain_values.items() if kind in one.kinds), "word")


def flagged(recorded: Mapping[str, Fields]) -> Section:
    look = read_now(Store())
    with tempfile.TemporaryDirectory() as folder:
        places = {owner: write_script(owner, Path(folder)) for owner in recorded}
        answers = [ask(key, places[key.owner], look) for key in keys_of(recorded)]
    return section(answers)


def section(answers: Sequence[Answer]) -> Section:
    missed = [one for one in answers if not (one.is_flagged and one.is_fixed)]
    owners = dict.fromkeys(one.key.owner for one in answers)
    whole = len(answers) - len(missed)
    lines = (
        *(
            f"✗ {one.key.owner} {one.key.name}, of {one.key.written_for}, read by {one.key.read_by}: "
            + ("no fix makes it accepted" if one.is_flagged else "not flagged")
            for one in missed
        ),
        f"V3  {whole}/{len(answers)} keys that a newer release no longer takes are flagged with a fix "
        f"(goal {GOAL:.0%})",
        "    " + ", ".join(f"{owner} {sum(one.key.owner == owner for one in answers)}" for owner in owners),
    )
    return Section(
        "V3", lines, (Measure("V3", WHAT, share(whole, len(answers)), GOAL),), [*map(_row, missed)]
    )


def _row(one: Answer) -> Mapping[str, Any]:
    return {
        "class": one.key.owner,
        "written_for": one.key.written_for,
        "read_by": one.key.read_by,
        "key": one.key.name,
        "flagged": one.is_flagged,
        "fixed": one.is_fixed,
    }
