"""Rules about a file of arguments that the user's own script reads into its dataclasses."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from tunesmith.core.fact import Facts
from tunesmith.core.finding import Finding, Fix, RemoveKey, RenameKey, Severity
from tunesmith.core.nearest import nearest
from tunesmith.core.rule import rule
from tunesmith.facts.names import DIALECT, SETTINGS, VERSIONS
from tunesmith.facts.program_arguments import CommandLine
from tunesmith.facts.release import before

if TYPE_CHECKING:
    from tunesmith.stages.recipe import Recipe

OF_TRAINER = "Hugging Face"
# trl's parser let unknown keys of its file pass in between.
PASSES = ((0, 13), (0, 19))


@rule("TN434", Severity.ERROR, "{program} takes no {key}{hint}", needs=(SETTINGS, DIALECT, VERSIONS))
def unknown_setting(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """A key of a file of arguments is a field of none of the dataclasses that the script reads it into.

    Why: the script reads its arguments first, and each of its processes ends there.
    Library: transformers, HfArgumentParser.parse_dict: ValueError, Some keys are not used by the
    HfArgumentParser; trl, TrlParser: ValueError, Unknown arguments from config file.
    Flags:
        # launch python train.py train.yaml
        # packages transformers 4.46.3
        # settings data_path: str; rows: int = 3
        learning_rate: 1.0e-5
        data_pth: d.jsonl
    Accepts:
        # launch python train.py train.yaml
        # packages transformers 4.46.3
        # settings data_path: str; rows: int = 3
        learning_rate: 1.0e-5
        data_path: d.jsonl
        output_dir: out
    """
    line = facts[SETTINGS]
    if line is not None and not _lets_pass(line, facts):
        yield from _unknown(recipe, facts, line)


@rule("TN435", Severity.ERROR, "{program} needs {keys}", needs=(SETTINGS, DIALECT, VERSIONS))
def missing_setting(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """A file of arguments lacks a field without a default, of the dataclasses that the script reads it into.

    Why: the script reads its arguments first, and each of its processes ends there.
    Library: python: TypeError, __init__() missing 1 required positional argument.
    Flags:
        # launch python train.py train.yaml
        # packages transformers 4.46.3
        # settings data_path: str; rows: int = 3
        learning_rate: 1.0e-5
        output_dir: out
    Accepts:
        # launch python train.py train.yaml
        # packages transformers 4.46.3
        # settings data_path: str; rows: int = 3
        learning_rate: 1.0e-5
        data_path: d.jsonl
        output_dir: out
    """
    line = facts[SETTINGS]
    if line is None or not _is_read(line, facts) or line.config is not None:
        return
    written = {*recipe.args, *recipe.train}
    absent = [one.name for one in line.options if one.required and not one.source and one.name not in written]
    if absent:
        yield missing_setting.at(program=recipe.program, keys=", ".join(dict.fromkeys(absent)))


RULES = (unknown_setting, missing_setting)


def _unknown(recipe: Recipe, facts: Facts, line: CommandLine) -> Iterable[Finding]:
    if not (_is_read(line, facts) and line.complete and line.strict):
        return
    names = {option.name for option in line.options}
    free = tuple(name for name in names if name not in recipe.args and name not in recipe.train)
    for key in recipe.args:
        if key in names or (line.config is not None and key == "env"):
            continue
        near = nearest(key, free)
        fixes = (Fix(f"Remove {key}", (RemoveKey(("args", key)),)),)
        if near:
            fixes = (Fix(f"Change to {near}", (RenameKey(("args", key), near),), preferred=True), *fixes)
        hint = f"; did you mean {near}?" if near else ""
        yield unknown_setting.at("args", key, key=key, program=recipe.program, hint=hint, fixes=fixes)


def _is_read(line: CommandLine, facts: Facts) -> bool:
    """Whether it is the file that the script reads so."""
    return line.certain and facts[DIALECT].startswith(OF_TRAINER)


def _lets_pass(line: CommandLine, facts: Facts) -> bool:
    """Whether the library that reads it says nothing of keys that it does not know."""
    if line.config is None:
        return False
    since, until = (before(facts[VERSIONS], "trl", limit) for limit in PASSES)
    return until is None or (until and not since)
