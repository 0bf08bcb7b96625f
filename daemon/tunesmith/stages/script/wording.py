"""What messages call the arguments of a script and their values."""

from __future__ import annotations

from tunesmith.facts.program_arguments import Option
from tunesmith.stages.script.verdict import Complaint


def wanted(option: Option | None) -> str:
    """What an argument takes, in words."""
    if option is None:
        return "something else"
    if option.takes_no_value:
        return "true, for it stands alone"
    one = {"int": "a whole number", "float": "a number", "flag": "true or false"}.get(
        option.convert, "a value"
    )
    if isinstance(option.nargs, int):
        return f"a list of {option.nargs}" if option.nargs > 1 else "a list of one"
    return {"+": "one or more values", "*": "a list"}.get(str(option.nargs), one)


def listed(words: tuple[str, ...]) -> str:
    """`a, b and c`"""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def found(value: object, one: Complaint) -> str:
    """What is complained about."""
    if one.kind == "value":
        return one.words[0]
    if isinstance(value, list):
        return f"a list of {len(value)}" if value else "an empty list"
    return "true" if value is True else str(value)
