"""A document as another YAML loader reads it: the same tree, with that loader's values.

PyYAML follows YAML 1.1: `no` is false, `2e-5` a string, `010` is 8; of a key that stands twice the last
counts.
https://yaml.org/type/ and `yaml/resolver.py`
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from tunesmith.syntax.scalars import LONGEST_NUMBER, Value
from tunesmith.syntax.tree import Entry, List, Map, Node, Scalar, Tree

WORDS: dict[str, bool] = {
    written: value
    for word, value in (
        ("yes", True),
        ("no", False),
        ("true", True),
        ("false", False),
        ("on", True),
        ("off", False),
    )
    for written in (word, word.capitalize(), word.upper())
}
NULLS = frozenset(("", "~", "null", "Null", "NULL"))
INTEGER = re.compile(
    r"[-+]?0b[01_]+|[-+]?0[0-7_]+|[-+]?(?:0|[1-9][0-9_]*)|[-+]?0x[0-9a-fA-F_]+|[-+]?[1-9][0-9_]*(?::[0-5]?[0-9])+"
)
FLOAT = re.compile(
    r"[-+]?[0-9][0-9_]*\.[0-9_]*(?:[eE][-+][0-9]+)?|\.[0-9][0-9_]*(?:[eE][-+][0-9]+)?"
    r"|[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+\.[0-9_]*"
)
SPECIAL = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")
JSON_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?")
# OmegaConf's loader has PyYAML's words and another rule for floats: `omegaconf/_utils.py`, get_yaml_loader.
OMEGA_FLOAT = re.compile(
    r"[-+]?[0-9][0-9_]*\.[0-9_]*(?:[eE][-+]?[0-9]+)?|[-+]?[0-9][0-9_]*(?:[eE][-+]?[0-9]+)"
    r"|\.[0-9_]+(?:[eE][-+][0-9]+)?"
)


def pyyaml(text: str) -> Value:
    """A plain scalar as `yaml.safe_load` resolves it; dates stay text."""
    return _resolve(text, FLOAT)


def omegaconf(text: str) -> Value:
    """A plain scalar as OmegaConf's loader resolves it."""
    return _resolve(text, OMEGA_FLOAT)


def json(text: str) -> Value:
    """A plain scalar as a JSON reader takes it: `2e-5` is a number."""
    if text in ("true", "false", "null"):
        return {"true": True, "false": False}.get(text)
    if not JSON_NUMBER.fullmatch(text) or len(text) > LONGEST_NUMBER:
        return text
    return float(text) if any(mark in text for mark in ".eE") else int(text)


def as_read(tree: Tree, resolve: Callable[[str], Value]) -> Tree:
    """The document with the values that a loader gives its plain scalars; problems and places stay."""
    return replace(tree, root=_node(tree.root, resolve, {}))


def _node(node: Node | None, resolve: Callable[[str], Value], done: dict[int, Node]) -> Node | None:
    if node is None:
        return None
    known = done.get(id(node))
    if known is None:
        known = done[id(node)] = _read(node, resolve, done)
    return known


def _read(node: Node, resolve: Callable[[str], Value], done: dict[int, Node]) -> Node:
    if isinstance(node, Scalar):
        return _scalar(node, resolve)
    if isinstance(node, List):
        return replace(node, items=tuple(_node(item, resolve, done) for item in node.items))
    last: dict[str, Entry] = {}
    merged: dict[str, Entry] = {}
    for entry in node.entries:
        value = _node(entry.value, resolve, done)
        if entry.name == "<<":
            for one in value.items if isinstance(value, List) else (value,):
                merged = {**(one.by_name if isinstance(one, Map) else {}), **merged}
            continue
        last[entry.name] = replace(entry, value=value)
    return replace(node, entries=tuple({**merged, **last}.values()))


def _scalar(node: Scalar, resolve: Callable[[str], Value]) -> Scalar:
    # What carries a tag, or was folded over lines, is read alike by all.
    if node.style != "plain" or node.text.startswith("!") or "\n" in node.text:
        return node
    return replace(node, value=resolve(node.text))


def _resolve(text: str, float_: re.Pattern[str]) -> Value:
    if text in NULLS:
        return None
    if text in WORDS:
        return WORDS[text]
    if len(text) > LONGEST_NUMBER:
        return text
    if INTEGER.fullmatch(text):
        return _integer(text)
    if float_.fullmatch(text):
        return _float(text)
    if SPECIAL.fullmatch(text):
        return float(text.replace(".", ""))
    return text


def _integer(text: str) -> Value:
    sign = -1 if text.startswith("-") else 1
    digits = text.lstrip("+-").replace("_", "")
    if ":" in digits:
        return sign * _sexagesimal(digits, int)
    for prefix, base in (("0b", 2), ("0x", 16)):
        if digits.startswith(prefix):
            return sign * int(digits[2:], base) if digits[2:] else text
    if digits.startswith("0") and digits != "0":
        return sign * int(digits, 8)
    return sign * int(digits)


def _float(text: str) -> Value:
    sign = -1.0 if text.startswith("-") else 1.0
    digits = text.lstrip("+-").replace("_", "")
    if ":" in digits:
        return sign * _sexagesimal(digits, float)
    try:
        return sign * float(digits)
    except ValueError:
        return text


def _sexagesimal(digits: str, read: Callable[[str], float]) -> float:
    value: float = 0
    for part in digits.split(":"):
        value = value * 60 + read(part)
    return int(value) if read is int else value
