"""Rules about `args`: what the script's own source says that it takes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from tunesmith.core.fact import Facts
from tunesmith.core.finding import Finding, Fix, RemoveKey, RenameKey, SetValue, Severity
from tunesmith.core.nearest import nearest
from tunesmith.core.rule import rule
from tunesmith.facts.fits import flag
from tunesmith.facts.names import COMMAND_LINE
from tunesmith.facts.program_arguments import CommandLine, Option
from tunesmith.stages.script.verdict import Complaint, Kind, verdict
from tunesmith.stages.script.wording import found, listed, wanted
from tunesmith.syntax.scalars import written

if TYPE_CHECKING:
    from tunesmith.stages.recipe import Recipe

MOST_NAMED = 4


@rule("TN441", Severity.ERROR, "{program} has no argument --{key}{hint}", needs=(COMMAND_LINE,))
def unknown_script_argument(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """A key of `args` is no argument of the script.

    Why: the script reads its arguments first, and each of its processes ends there.
    Library: argparse: error: unrecognized arguments: …; transformers, HfArgumentParser: ValueError, Some
    specified arguments are not used by the HfArgumentParser.
    Flags:
        # takes "--learning_rate", type=float
        script: train.py
        args: {learning_rat_e: 0.1}
        ---
        # takes "--batch-size", type=int
        # takes "--batch-count", type=int
        script: train.py
        args: {batch_size: 8}
        ---
        # takes "--batch-size", type=int
        # takes "--batch-count", type=int
        script: train.py
        args: {batch: 8}
    Accepts:
        # takes "--learning_rate", "-l", type=float
        script: train.py
        args: {learn: 0.1, -l: 0.2, no_such: null}
        ---
        # script import argparse
        # script parser = argparse.ArgumentParser()
        # script for name in ("a", "b"): parser.add_argument("--" + name)
        # script parser.parse_args()
        script: train.py
        args: {a: 1, c: 2}
        ---
        # script import argparse
        # script parser = argparse.ArgumentParser()
        # script args, rest = parser.parse_known_args()
        script: train.py
        args: {anything: 1}
    """
    line = facts[COMMAND_LINE]
    for one in _complaints(recipe, line, "unknown", "ambiguous"):
        key = one.key or ""
        names = one.words or _free(recipe, line)
        near = nearest(key, names) if one.kind == "unknown" else None
        hint = f"; did you mean {near}?" if near else ""
        fixes = [Fix(f"Remove {key}", (RemoveKey(("args", key)),))]
        if near:
            rename = (RenameKey(("args", key), near),)
            fixes.insert(0, Fix(f"Change to {near}", rename, preferred=near not in recipe.args))
        if one.kind == "ambiguous":
            hint = f": it may stand for {' or '.join(names[:MOST_NAMED])}"
            fixes = [
                Fix(f"Change to {name}", (RenameKey(("args", key), name),)) for name in names[:MOST_NAMED]
            ]
        yield unknown_script_argument.at(
            "args", key, key=key.lstrip("-"), program=recipe.program, hint=hint, fixes=tuple(fixes)
        )


@rule("TN442", Severity.ERROR, "{program} needs {keys}", needs=(COMMAND_LINE,))
def missing_script_argument(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """The script does not start without an argument that `args` lacks.

    Why: the script reads its arguments first, and ends there. `false` and `null` leave an argument out, and
    `{resume}` does as long as there is no checkpoint.
    Library: argparse: error: the following arguments are required: ….
    Flags:
        # takes "--data", required=True
        script: train.py
        ---
        # takes "--data", required=True
        script: train.py
        args: {data: null}
        ---
        # fields path: str
        script: train.py
        args: {}
    Accepts:
        # takes "--data", required=True
        script: train.py
        args: {dat: d.csv}
        ---
        # fields path: str; shuffle: bool
        script: train.py
        args: {path: d.csv}
    """
    for one in _complaints(recipe, facts[COMMAND_LINE], "missing"):
        path = ("args",) if "args" in recipe.written else (_own(recipe),)
        yield missing_script_argument.at(*path, program=recipe.program, keys=listed(one.words))


@rule("TN443", Severity.ERROR, "{key} takes {wanted}, not {found}", needs=(COMMAND_LINE,))
def misfit_of_script_argument(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """A value of `args` is not what the script's argument takes: of another type, or too many or too few.

    Why: the script reads its arguments first, and each of its processes ends there.
    Library: argparse: error: argument …: invalid int value; expected one argument; unrecognized arguments.
    Flags:
        # takes "--epochs", type=int
        script: train.py
        args: {epochs: 1.5}
        ---
        # takes "--fast", action="store_true"
        script: train.py
        args: {fast: "true"}
        ---
        # takes "--name"
        script: train.py
        args: {name: true}
        ---
        # takes "--sizes", type=int, nargs=2
        script: train.py
        args: {sizes: [1, 2, 3]}
    Accepts:
        # takes "--epochs", type=int
        # takes "--rate", type=float
        # takes "--fast", action="store_true"
        # takes "--sizes", type=int, nargs="+"
        # takes "--own", type=lambda text: text.split(",")
        script: train.py
        args: {epochs: "3", rate: 1e-3, fast: true, sizes: [1, 2], own: "1,2"}
    """
    line = facts[COMMAND_LINE]
    for one in _complaints(recipe, line, "value", "amount"):
        key, option = one.key or "", one.option
        value = recipe.args.get(key)
        yield misfit_of_script_argument.at(
            "args",
            key,
            on="value",
            key=key,
            wanted=wanted(option),
            found=found(value, one),
            fixes=_as_meant(key, value, option),
        )


@rule("TN444", Severity.ERROR, "{value} is not a choice of {key}{hint}", needs=(COMMAND_LINE,))
def bad_choice_of_script_argument(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """A value of `args` is none of the choices that the script's argument has.

    Why: the script reads its arguments first, and each of its processes ends there.
    Library: argparse: error: argument …: invalid choice.
    Flags:
        # takes "--optimizer", choices=["adam", "sgd"]
        script: train.py
        args: {optimizer: adm}
        ---
        # takes "--depth", type=int, choices=range(1, 4)
        script: train.py
        args: {depth: 4}
    Accepts:
        # takes "--optimizer", choices=["adam", "sgd"]
        # takes "--depth", type=int, choices=range(1, 4)
        script: train.py
        args: {optimizer: sgd, depth: 3}
    """
    for one in _complaints(recipe, facts[COMMAND_LINE], "choice"):
        key = one.key or ""
        words = tuple(map(str, one.option.choices or ())) if one.option else ()
        near = nearest(one.words[0], words)
        hint = f"; did you mean {near}?" if near else f": {', '.join(words)}"
        change = (SetValue(("args", key), written(near)),) if near else ()
        fixes = (Fix(f"Change to {near}", change, preferred=True),) if near else ()
        yield bad_choice_of_script_argument.at(
            "args", key, on="value", key=key, value=one.words[0], hint=hint, fixes=fixes
        )


@rule("TN445", Severity.ERROR, "{program} refuses its arguments: {problem}", needs=(COMMAND_LINE,))
def refused_script_arguments(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """Arguments that the script takes one by one cannot stand beside each other.

    Why: the script reads its arguments first, and each of its processes ends there.
    Library: argparse: error: argument …: not allowed with argument ….
    Flags:
        # either "--fp16", action="store_true"
        # either "--bf16", action="store_true"
        script: train.py
        args: {fp16: true, bf16: true}
    Accepts:
        # either "--fp16", action="store_true"
        # either "--bf16", action="store_true"
        script: train.py
        args: {fp16: false, bf16: true}
    """
    for one in _complaints(recipe, facts[COMMAND_LINE], "beside", "other"):
        path = ("args",) if one.key is None else ("args", one.key)
        problem = one.words[0] if one.key is None else f"{one.key} and {one.words[0]} exclude each other"
        fix = () if one.key is None else (Fix(f"Remove {one.key}", (RemoveKey(("args", one.key)),)),)
        yield refused_script_arguments.at(*path, program=recipe.program, problem=problem, fixes=fix)


RULES = (
    unknown_script_argument,
    missing_script_argument,
    misfit_of_script_argument,
    bad_choice_of_script_argument,
    refused_script_arguments,
)


def _own(recipe: Recipe) -> str:
    return "script" if recipe.script is not None else "module"


def _complaints(recipe: Recipe, line: CommandLine | None, *kinds: Kind) -> Iterator[Complaint]:
    if line is not None:
        yield from (one for one in verdict(line, recipe.args) if one.kind in kinds)


def _free(recipe: Recipe, line: CommandLine | None) -> tuple[str, ...]:
    """The names that may have been meant."""
    named = line.named if line is not None else ()
    return tuple(key for option in named for key in option.keys if key not in recipe.args)


def _as_meant(key: str, value: object, option: Option | None) -> tuple[Fix, ...]:
    """A flag that stands alone is written as true or false."""
    said = flag(str(value)) if option is not None and option.takes_no_value else None
    if said is None and option is not None and option.takes_no_value and value in (0, 1):
        said = bool(value)
    if said is None:
        return ()
    text = "true" if said else "false"
    return (Fix(f"Change to {text}", (SetValue(("args", key), text),), preferred=True),)
