"""Rules about rows that no reader takes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from tunesmith.core.fact import Fact, Facts
from tunesmith.core.finding import Finding, Severity
from tunesmith.core.rule import rule
from tunesmith.facts.data_file import DataFile
from tunesmith.facts.names import DIALECT, SCRIPT_USE, TRAIN_FILE, VALIDATION_FILE, VERSIONS
from tunesmith.facts.release import before

if TYPE_CHECKING:
    from tunesmith.stages.recipe import Recipe

PROGRAMS = ("LLaMA-Factory config", "Axolotl config")
"""Dialects whose program reads data with `load_dataset`."""
READ = (".csv", ".json", ".jsonl")
LITERALS = ("'csv'", "'json'")
PLAIN = {
    *("0", "path", "name", "data_files", "split", "revision", "token", "use_auth_token", "trust_remote_code"),
    *("cache_dir", "download_mode", "verification_mode", "keep_in_memory", "streaming", "num_proc"),
}
"""What a script may give `load_dataset` that does not change how rows are read."""
GROUPS = {"integer": "numbers", "float": "numbers", "flag": "true or false", "text": "texts", "list": "lists"}


@rule("TN113", Severity.ERROR, "{file}, line {line}: {why}")
def data_is_broken(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """A row of a data file is no JSON, or has more fields than those before it.

    Why: the whole file is read before the first step, and one such row ends that. The last row of a file that
    was not written to its end is such a one.
    Library: datasets, load_dataset: DatasetGenerationError, An error occurred while generating the dataset,
    after JSON parse error: …; or Error tokenizing data. C error: Expected 2 fields in line 3, saw 3.
    Flags:
        # file d.jsonl: {"text": "a, "label": 1}
        data: {train: d.jsonl, columns: {text: text, label: label}}
        ---
        # file d.json: [{"text": "a", "label": 1},]
        data: {train: d.json, columns: {text: text, label: label}}
        ---
        # launch python train.py train.yaml
        # file d.jsonl: {"text": "a", "label":
        # script Trainer(train_dataset=load_dataset("json", data_files=args.train_file))
        train_file: d.jsonl
        num_train_epochs: 1
    Accepts:
        # file d.jsonl: {"text": "a", "label": 1} {"text": "b", "label": 0}
        data: {train: d.jsonl, columns: {text: text, label: label}}
        ---
        # launch python train.py train.yaml
        # file d.jsonl: {"text": "a", "label":
        # script Trainer(train_dataset=[json.loads(one) for one in good(args.train_file)])
        train_file: d.jsonl
        num_train_epochs: 1
    """
    for key, found in _read_by_datasets(recipe, facts):
        if found.broken is not None:
            broken = found.broken
            yield data_is_broken.at(
                "data", key, on="value", file=broken.path.name, line=broken.line, why=broken.why
            )


@rule("TN114", Severity.ERROR, "{column} holds {kinds}: one column holds one kind", needs=(VERSIONS,))
def column_of_several_kinds(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """A column of JSON lines holds numbers in one row and texts in another, or the like.

    Why: a column has one type, and it is told from the first rows. Newer releases keep such a column as JSON.
    Library: datasets before 4.7, load_dataset: DatasetGenerationError, after JSON parse error: Column(/label)
    changed from number to string in row 5.
    Flags:
        # packages datasets 3.1.0
        # file d.jsonl: {"text": "a", "label": 1}\\n{"text": "b", "label": "good"}
        data: {train: d.jsonl, columns: {text: text, label: label}}
    Accepts:
        # packages datasets 3.1.0
        # file d.jsonl: {"text": "a", "label": 1}\\n{"text": null, "label": 0.5}
        data: {train: d.jsonl, columns: {text: text, label: label}}
        ---
        # packages datasets 4.7.0
        # file d.jsonl: {"text": "a", "label": 1}\\n{"text": "b", "label": "good"}
        data: {train: d.jsonl, columns: {text: text, label: label}}
    """
    if before(facts[VERSIONS], "datasets", (4, 7)) is not True:
        return
    for key, found in _read_by_datasets(recipe, facts):
        if found.contents is None or found.path.suffix.lower() != ".jsonl":
            continue
        for name, column in found.contents.columns.items():
            kinds = sorted({GROUPS.get(kind, "objects") for kind in column.kinds - {"null"}})
            if len(kinds) > 1:
                yield column_of_several_kinds.at(
                    "data", key, on="value", column=name, kinds=" and ".join(kinds)
                )


def _read_by_datasets(recipe: Recipe, facts: Facts) -> Iterator[tuple[str, DataFile]]:
    """The data files that surely go through `load_dataset` as they are."""
    files: tuple[tuple[str, Fact[DataFile]], ...] = (("train", TRAIN_FILE), ("validation", VALIDATION_FILE))
    dialect, use = facts.get(DIALECT), facts.get(SCRIPT_USE)
    if dialect is None:
        surely = recipe.script is None and recipe.module is None
    else:
        surely = dialect in PROGRAMS or (use is not None and _plainly_loaded(use.loaded))
    for key, fact in files:
        if surely and fact in facts and (dialect is None or facts[fact].path.suffix.lower() in READ):
            yield key, facts[fact]


def _plainly_loaded(calls: Sequence[Mapping[str, str]]) -> bool:
    """Whether every call takes files of rows, and takes them as they are."""
    kinds = [call.get("path", call.get("0", "")) for call in calls]
    literal = [kind for kind in kinds if kind.startswith(("'", '"'))]
    plain = all(call.keys() <= PLAIN and "data_files" in call for call in calls)
    return bool(calls) and plain and all(kind in LITERALS for kind in literal)


RULES = (data_is_broken, column_of_several_kinds)
