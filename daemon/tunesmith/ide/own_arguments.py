"""The arguments of the user's own script, as keys of `args`."""

from __future__ import annotations

from collections.abc import Iterator

from tunesmith.core.fact import Facts
from tunesmith.facts.names import COMMAND_LINE
from tunesmith.facts.program_arguments import Option
from tunesmith.ide.key_spec import KeySpec
from tunesmith.stages.script.verdict import option_of


def argument_keys(facts: Facts) -> tuple[KeySpec, ...]:
    """Each by the name that people write; one that switches off, too."""
    line = facts.get(COMMAND_LINE)
    found = {key.name: key for option in (line.named if line else ()) for key in _keys(option)}
    return tuple(found.values())


def argument_key(name: str, facts: Facts) -> KeySpec | None:
    """The argument that a key means, by any of its names or their beginnings."""
    line = facts.get(COMMAND_LINE)
    option = option_of(line, name) if line is not None else None
    return None if option is None else _described(option, name if name in option.keys else option.key)


def _keys(option: Option) -> Iterator[KeySpec]:
    if option.action not in ("help", "version"):
        yield _described(option, option.key)
    if option.action == "on_off":
        yield _described(option, f"no-{option.key}")


def _described(option: Option, name: str) -> KeySpec:
    others = [key for key in option.keys if key.replace("-", "_") != name.replace("-", "_")]
    parts = [option.help, f"Also `{'`, `'.join(others)}`" if others else "", _place(option)]
    words = tuple(map(str, option.choices or ()))
    stands_alone = option.takes_no_value or option.convert == "flag"
    return KeySpec(
        name,
        _type(option),
        "\n\n".join(part for part in parts if part),
        default=None if option.default == "null" or _switches_off(option, name) else option.default,
        required=option.required and option.certain,
        choices=words or (("true",) if stands_alone else ()),
    )


def _switches_off(option: Option, name: str) -> bool:
    """Whether the default is that of the argument that this one is the opposite of."""
    return option.takes_no_value and name.startswith(("no-", "no_"))


def _type(option: Option) -> str:
    kind = option.type or "text"
    if option.nargs in ("+", "*") or (isinstance(option.nargs, int) and option.nargs > 1):
        return kind if "ist[" in kind else f"list of {kind}" if option.convert != "unknown" else "any"
    return kind


def _place(option: Option) -> str:
    if option.defined is None:
        return f"*{option.source}*" if option.source else ""
    return f"*{option.defined.path.name}, line {option.defined.line + 1}*"
