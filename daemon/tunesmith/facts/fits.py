"""Whether a YAML value fits a library's field. Only a misfit that is certain is one."""

from __future__ import annotations

from typing import Literal

from tunesmith.facts.library import LibraryField

Misfit = Literal["text for a number", "text for a flag", "structure", "fraction", "flag for a word"]
NUMBERS = frozenset(("int", "float", "bool"))
TRUE_WORDS = frozenset(("yes", "on", "y", "true"))
FALSE_WORDS = frozenset(("no", "off", "n", "false"))


def misfit(one: LibraryField, value: object) -> Misfit | None:
    """What is wrong with `value`; None when nothing is, or when the field's types are not known."""
    kinds = one.kinds - {"none"}
    if not kinds or value is None:
        return None
    if isinstance(value, str):
        if kinds == frozenset(("bool",)):
            return "text for a flag"
        return "text for a number" if kinds <= NUMBERS else None
    if isinstance(value, list | dict):
        kind = "list" if isinstance(value, list) else "dict"
        return "structure" if kind not in kinds and "str" not in kinds else None
    if isinstance(value, bool):
        return "flag for a word" if one.strict and "bool" not in kinds else None
    if isinstance(value, float) and kinds <= {"int", "bool"} and not value.is_integer():
        return "fraction"
    return None


def kind(value: object) -> str:
    """The plain type of a value, by the names that a field's kinds have."""
    return "none" if value is None else type(value).__name__


def flag(word: str) -> bool | None:
    """The flag that a word like "yes" was meant to be."""
    folded = word.strip().lower()
    if folded in TRUE_WORDS:
        return True
    return False if folded in FALSE_WORDS else None


def number(word: str) -> str | None:
    """`word` as every loader of YAML reads a number; None when it is none.

    PyYAML wants a dot before an exponent, and its sign.
    """
    try:
        float(word)
    except ValueError:
        return None
    text = word.strip().replace("_", "")
    digits, e, power = text.lower().partition("e")
    if e:
        dotted = digits if "." in digits else f"{digits}.0"
        return f"{dotted}e{power}" if power[0] in "+-" else f"{dotted}e+{power}"
    return text if text[-1:].isdigit() or text[-1:] == "." else None


def wanted(one: LibraryField) -> str:
    """What a field takes, in words."""
    words = {
        "int": "a whole number",
        "float": "a number",
        "bool": "true or false",
        "str": "a text",
        "list": "a list",
        "dict": "a mapping",
    }
    if "float" in one.kinds:
        words.pop("int")
    return " or ".join(text for kind, text in words.items() if kind in one.kinds)
