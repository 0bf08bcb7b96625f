"""What a script of the user's hands on to the libraries, with the key of the file that each value comes from.

`from_pretrained(…, load_in_8bit=args.int8)` makes `int8` the `load_in_8bit` of the model.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tunesmith.core.path import RecipePath
from tunesmith.core.python_source import literal, parse_expression
from tunesmith.dialects.reading import Builder, Place
from tunesmith.facts.library import LibraryField
from tunesmith.facts.script_use import ScriptUse

HOLDERS = ("arg", "config", "cfg", "opt", "param", "conf")
"""Parts of the names that scripts give to what was read from the file."""
WORDS: Mapping[str, Any] = {"true": True, "false": False, "null": None}
LOADED = frozenset(
    (
        "attn_implementation",
        "device_map",
        "dtype",
        "load_in_4bit",
        "load_in_8bit",
        "low_cpu_mem_usage",
        "num_labels",
        "torch_dtype",
    )
)
QUANTIZED = frozenset(
    (
        "bnb_4bit_compute_dtype",
        "bnb_4bit_quant_storage",
        "bnb_4bit_quant_type",
        "load_in_4bit",
        "load_in_8bit",
    )
)
ADAPTED = frozenset(
    (
        "bias",
        "init_lora_weights",
        "lora_alpha",
        "lora_dropout",
        "modules_to_save",
        "r",
        "target_modules",
        "task_type",
    )
)

MADE = frozenset(("TrainingArguments", "Seq2SeqTrainingArguments", "SFTConfig", "DPOConfig", "GRPOConfig"))
LOADERS = frozenset(("safe_load", "full_load", "load"))
PARSERS = frozenset(("HfArgumentParser", "TrlParser", "H4ArgumentParser", "ArgumentParser"))


@dataclass(frozen=True)
class Named:
    """An argument of the script's that an expression stands for; `is_listed`: split at its commas;
    `asked`: the expression asks whether it is this."""

    name: str
    is_listed: bool = False
    asked: object = None


def put_read_by_script(builder: Builder, use: ScriptUse, values: Mapping[str, Any], file: Path) -> None:
    """A file that a script loads itself: its keys mean what the script's calls make of them."""
    for key, value in values.items():
        builder.put(("args", key), value, Place(file, (key,)))
    for path, text in _handed(use):
        try:
            builder.put(path, literal(text), Place(file, ()))
        except ValueError:
            continue
    put_handed_on(builder, use, values, {}, file, bare=True)


def loads_itself(use: ScriptUse) -> bool:
    """Whether a script reads YAML without a parser of arguments."""
    return bool(LOADERS & use.calls) and not PARSERS & use.calls


def put_handed_on(
    builder: Builder,
    use: ScriptUse,
    values: Mapping[str, Any],
    own: Mapping[str, LibraryField],
    file: Path,
    bare: bool = False,
) -> None:
    """Add what the file's keys amount to in the calls of the script; what the readers knew by name stays.

    `bare`: names without a holder are keys, too, as in a function that is given all of them.
    """
    for path, text in _handed(use):
        one = Named(text) if bare and text in values else named(text)
        if one is None or (one.name not in values and (one.name not in own or path[0] == "peft")):
            # An adapter that only its defaults speak of may well be switched off.
            continue
        value = values[one.name] if one.name in values else default_of(own[one.name])
        if one.is_listed and isinstance(value, str):
            value = [part.strip() for part in value.split(",") if part.strip()]
        if one.asked is not None:
            value = value == one.asked
        builder.put(path, value, Place(file, (one.name,)))


def _handed(use: ScriptUse) -> Iterator[tuple[RecipePath, str]]:
    """Where in a recipe each argument of the calls belongs, and the source text that it is given."""
    loaded = use.loads.get(use.model_class or "", {})
    if (first := loaded.get("pretrained_model_name_or_path", loaded.get("0"))) is not None:
        yield ("model", "name_or_path"), first
    for key, text in loaded.items():
        if key in LOADED:
            yield ("model", "load", "dtype" if key == "torch_dtype" else key), text
    for key, text in (use.quantization or {}).items():
        if key in QUANTIZED:
            yield ("model", "load", key), text
    for key, text in (use.lora or {}).items():
        if key in ADAPTED:
            yield ("peft", key), text
    for name in MADE & use.made.keys():
        yield from ((("train", key), text) for key, text in use.made[name].items() if key != "0")


def named(text: str) -> Named | None:
    """`args.x`, `config["x"]`, `getattr(torch, args.x)`, `args.x.split(",")`, and each of these `if …`."""
    try:
        return _named(parse_expression(text))
    except (SyntaxError, ValueError, RecursionError):
        return None


def _named(node: ast.expr) -> Named | None:
    match node:
        case ast.Attribute(value=ast.Name(id=holder), attr=name) if _holds(holder):
            return Named(name)
        case ast.Subscript(value=ast.Name(id=holder), slice=ast.Constant(value=str(name))) if _holds(holder):
            return Named(name)
        case ast.Call(func=ast.Name(id="getattr"), args=[ast.Name(id="torch"), inner, *_]):
            return _named(inner)
        case ast.Call(
            func=ast.Attribute(value=ast.Name(id=holder), attr="get"),
            args=[ast.Constant(value=str(name)), *_],
        ) if _holds(holder):
            return Named(name)
        case ast.Call(func=ast.Attribute(value=inner, attr="split"), args=[ast.Constant(value=",")]):
            one = _named(inner)
            return Named(one.name, is_listed=True) if one else None
        case ast.Compare(left=inner, ops=[ast.Eq()], comparators=[ast.Constant(value=int(asked))]):
            one = _named(inner)
            return Named(one.name, asked=asked) if one else None
        case ast.IfExp(body=inner):
            return _named(inner)
        case _:
            return None


def _holds(name: str) -> bool:
    return any(part in name.lower() for part in HOLDERS)


def default_of(one: LibraryField) -> Any:
    """What the script takes where the file says nothing."""
    text = one.default
    if text is None or text in WORDS:
        return WORDS.get(text or "null")
    if one.kinds & {"int", "float"} and "str" not in one.kinds:
        try:
            return literal(text)
        except ValueError:
            return text
    return text
