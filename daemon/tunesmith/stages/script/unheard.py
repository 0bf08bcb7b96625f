"""Rules about `args` that the script takes, and reads as something else than what is written."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from tunesmith.core.fact import Facts
from tunesmith.core.finding import Edit, Finding, Fix, RemoveKey, RenameKey, SetValue, Severity
from tunesmith.core.rule import rule
from tunesmith.facts.fits import flag
from tunesmith.facts.names import COMMAND_LINE
from tunesmith.facts.program_arguments import CommandLine, Option
from tunesmith.stages.script.verdict import option_of

if TYPE_CHECKING:
    from tunesmith.stages.recipe import Recipe


@rule(
    "TN446",
    Severity.WARNING,
    "false leaves {key} out, and without it {program} takes true",
    needs=(COMMAND_LINE,),
)
def false_that_stays_true(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """An argument is written as false, and its default is true.

    Why: `false` leaves an argument out of the command line, and the script then takes its default.
    Library: silent.
    Flags:
        # takes "--shuffle", action=argparse.BooleanOptionalAction, default=True
        script: train.py
        args: {shuffle: false}
        ---
        # fields shuffle: bool = True
        script: train.py
        args: {shuffle: false}
    Accepts:
        # takes "--shuffle", action=argparse.BooleanOptionalAction, default=False
        # takes "--fast", action="store_true"
        script: train.py
        args: {shuffle: false, fast: false}
    """
    line = facts[COMMAND_LINE]
    for key, value in recipe.args.items() if line is not None and line.certain else ():
        option = option_of(line, key) if line is not None and value is False else None
        if line is None or option is None or option.default != "true" or option.action == "store_false":
            continue
        yield false_that_stays_true.at(
            "args", key, on="value", key=key, program=recipe.program, fixes=_off(line, key, option)
        )


@rule(
    "TN447",
    Severity.WARNING,
    "{key} counts as true: the script asks bool() about a text",
    needs=(COMMAND_LINE,),
)
def text_that_is_true(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """An argument of the script is converted by `bool`, for which every text but an empty one is true.

    Why: `--fast false` switches on what it was to switch off.
    Library: silent.
    Flags:
        # takes "--fast", type=bool, default=True
        script: train.py
        args: {fast: "false"}
    Accepts:
        # takes "--fast", type=bool, default=False
        script: train.py
        args: {fast: "true"}
    """
    line = facts[COMMAND_LINE]
    for key, value in recipe.args.items() if line is not None else ():
        option = option_of(line, key) if line is not None else None
        said = value if not isinstance(value, str) else flag(value)
        if option is not None and option.convert == "bool" and said in (False, 0) and value is not False:
            yield text_that_is_true.at("args", key, on="value", key=key)


@rule(
    "TN448",
    Severity.WARNING,
    "{key} and {other} are the same argument: the last one counts",
    needs=(COMMAND_LINE,),
)
def script_argument_twice(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """An argument of the script is given twice, by two of its names.

    Why: the second value replaces the first.
    Library: silent.
    Flags:
        # takes "-l", "--learning-rate", type=float
        script: train.py
        args: {-l: 0.1, learning-rate: 0.2}
    Accepts:
        # takes "-s", "--size", type=int, action="append"
        script: train.py
        args: {-s: 1, size: 2}
    """
    line = facts[COMMAND_LINE]
    seen: dict[str, str] = {}
    for key, value in recipe.args.items() if line is not None else ():
        option = option_of(line, key) if line is not None and value not in (None, False) else None
        if option is None or option.action != "store":
            continue
        if option.name in seen:
            fix = Fix(f"Remove {seen[option.name]}", (RemoveKey(("args", seen[option.name])),))
            yield script_argument_twice.at("args", key, key=key, other=seen[option.name], fixes=(fix,))
        seen[option.name] = key


RULES = (
    false_that_stays_true,
    text_that_is_true,
    script_argument_twice,
)


def _off(line: CommandLine, key: str, option: Option) -> tuple[Fix, ...]:
    """How to say false so that the script hears it."""
    for no in (f"no_{option.name}", f"no-{option.key}"):
        other = line.option(no)
        if other is not None and other.takes_no_value:
            edits: tuple[Edit, ...] = (RenameKey(("args", key), no), SetValue(("args", key), "true"))
            return (Fix(f"Change to {no}: true", edits, preferred=True),)
    if option.convert == "flag":
        return (Fix('Change to "false"', (SetValue(("args", key), '"false"'),), preferred=True),)
    return ()
