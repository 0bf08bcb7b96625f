"""The arguments of the calls in a script, and which of them only a run can tell."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from types import MappingProxyType

from tunesmith.core.partly import Partly

PLACED = ("Trainer", "Seq2SeqTrainer", "SFTTrainer")
PLACES = ("args", "data_collator", "train_dataset", "eval_dataset")
"""What these take after the model, without a name."""


def given_to(call: ast.Call, base: str | None, own: frozenset[str] | None) -> Mapping[str, str]:
    """What a trainer is given. One of the script's own, with these methods, may make the rest in its
    `__init__`."""
    placed = call.args[1:]
    if len(placed) < len(PLACES) and base in PLACED and own is None:
        return said(call, dict(zip(PLACES, map(ast.unparse, placed), strict=False)))
    is_open = bool(placed) or (own is not None and "__init__" in own)
    return Partly(keywords(call), None) if is_open else said(call)


def said(call: ast.Call, placed: Mapping[str, str] = MappingProxyType({})) -> Mapping[str, str]:
    """Its keywords; with `**more` among them, what is not named is not known."""
    written = {**keywords(call), **placed}
    is_open = any(word.arg is None for word in call.keywords)
    is_open = is_open or any(isinstance(one, ast.Starred) for one in call.args)
    return Partly(written, None) if is_open else written


def keywords(call: ast.Call) -> dict[str, str]:
    """By name as source text; the first positional one as "0"."""
    first = {"0": ast.unparse(call.args[0])} if call.args else {}
    return first | {word.arg: ast.unparse(word.value) for word in call.keywords if word.arg}
