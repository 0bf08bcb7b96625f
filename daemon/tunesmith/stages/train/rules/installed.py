"""Findings about keys and values, held against a library that is installed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from tunesmith.core.finding import Finding, Fix, RemoveKey, RenameKey, SetValue
from tunesmith.core.nearest import nearest
from tunesmith.core.rule import Rule
from tunesmith.facts import fits
from tunesmith.facts.library import Library, LibraryField
from tunesmith.syntax.loaders import pyyaml

ERRORS: frozenset[fits.Misfit] = frozenset(("text for a number", "structure"))
WARNINGS: frozenset[fits.Misfit] = frozenset(("text for a flag",))


def unknown(own: Rule, section: str, key: str, free: tuple[str, ...], library: Library) -> Finding:
    near = nearest(key, free)
    remove = Fix(f"Remove {key}", (RemoveKey((section, key)),))
    fixes = (remove,)
    if near:
        fixes = (Fix(f"Change to {near}", (RenameKey((section, key), near),), preferred=True), remove)
    hint = f"; did you mean {near}?" if near else ""
    return own.at(section, key, key=key, library=library.title, hint=hint, fixes=fixes)


def free(written: Mapping[str, Any], library: Library) -> tuple[str, ...]:
    """The keys that may have been meant: those that do not stand there already."""
    return tuple(name for name in library.fields if name not in written)


def misfits(
    own: Rule, section: str, values: Mapping[str, Any], library: Library, kinds: frozenset[fits.Misfit]
) -> Iterable[Finding]:
    for key, value in values.items():
        one = library.fields.get(key)
        if one is not None and fits.misfit(one, value) in kinds:
            found = (
                "a section"
                if isinstance(value, dict)
                else "a list"
                if isinstance(value, list)
                else f'"{value}"'
            )
            fixes = _as_plain((section, key), value)
            yield own.at(
                section,
                key,
                on="value",
                key=key,
                wanted=fits.wanted(one),
                found=found,
                taken="true" if value else "false",
                fixes=fixes,
            )


def _as_plain(path: tuple[str, ...], value: object) -> tuple[Fix, ...]:
    """Offer the number or flag that a text was meant to be."""
    if not isinstance(value, str):
        return ()
    meant = fits.number(value)
    as_flag = fits.flag(value)
    if meant is None and as_flag is not None:
        meant = "true" if as_flag else "false"
    return (Fix(f"Change to {meant}", (SetValue(path, meant),), preferred=True),) if meant else ()


def bad_choices(
    own: Rule, section: str, values: Mapping[str, Any], library: Library, also: Collection[str] = ()
) -> Iterable[Finding]:
    """Words that are no choice, where the library itself refuses them."""
    for key, value in values.items():
        one = library.fields.get(key)
        if one is None or not one.choices or not (one.strict or key in also):
            continue
        if _is_no_choice(one, value):
            word = str(value).lower() if isinstance(value, bool) else str(value)
            near = "no" if value is False and "no" in one.choices else nearest(word, one.choices)
            hint = f"; did you mean {near}?" if near else f": {', '.join(one.choices)}"
            fixes: tuple[Fix, ...] = ()
            if near:
                # A word like no is a flag to some loaders.
                text = near if pyyaml(near) == near else f'"{near}"'
                fixes = (Fix(f"Change to {text}", (SetValue((section, key), text),), preferred=True),)
            yield own.at(section, key, on="value", key=key, value=word, hint=hint, fixes=fixes)


def _is_no_choice(one: LibraryField, value: object) -> bool:
    if isinstance(value, str):
        return value not in one.choices
    return isinstance(value, bool)
