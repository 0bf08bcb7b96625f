"""The wire types as TypeScript interfaces: text in, text out; nothing is written here."""

from __future__ import annotations

import inspect
import json
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec.inspect as shapes

from tunesmith.core.section import attribute_docs
from tunesmith.server.messages.base import Wire
from tunesmith.server.protocol import Method

HEADER = "// Generated from daemon/tunesmith/server/protocol.py by `python -m tunesmith.server.generate`.\n"
WIDTH = 110


def module(methods: Mapping[str, Method], notifications: Mapping[str, type[Wire]]) -> str:
    """The whole protocol module: one interface a struct, and the maps `Methods` and `Notifications`."""
    sent = [*(method.result for method in methods.values()), *notifications.values()]
    complete = set(_structs(sent))
    every = dict.fromkeys([*_structs(method.params for method in methods.values()), *_structs(sent)])
    parts = [HEADER]
    parts += [_interface(struct, complete=struct in complete) for struct in every]
    parts.append(_methods(methods))
    parts.append(_notifications(notifications))
    return "\n".join(parts)


def _structs(roots: Any) -> Iterator[type[Wire]]:
    """The structs that `roots` are made of, each after those it holds."""
    for root in roots:
        yield from _within(shapes.type_info(root))


def _within(shape: shapes.Type) -> Iterator[type[Wire]]:
    match shape:
        case shapes.StructType():
            for field in shape.fields:
                yield from _within(field.type)
            yield shape.cls  # pyright: ignore[reportReturnType] - every struct here is a Wire
        case shapes.ListType():
            yield from _within(shape.item_type)
        case shapes.DictType():
            yield from _within(shape.value_type)
        case shapes.UnionType():
            for member in shape.types:
                yield from _within(member)
        case _:
            return


def _interface(struct: type[Wire], *, complete: bool) -> str:
    """`complete`: the daemon sends it, so every field is there. Else those with a default may be left out."""
    shape = shapes.type_info(struct)
    assert isinstance(shape, shapes.StructType)
    docs = attribute_docs(struct)
    lines = _comment(inspect.getdoc(struct) if struct.__doc__ else None, "")
    if not shape.fields:
        return "".join(
            f"{line}\n" for line in [*lines, f"export type {struct.__name__} = Record<string, never>;"]
        )
    lines.append(f"export interface {struct.__name__} {{")
    for field in shape.fields:
        lines += _comment(docs.get(field.name), "  ")
        mark = "" if field.required or complete else "?"
        lines += _declaration(f"  {field.encode_name}{mark}:", field.type)
    lines.append("}")
    return "".join(f"{line}\n" for line in lines)


def _declaration(head: str, shape: shapes.Type) -> list[str]:
    """One line, or one line a member when a union is too long for it, as Biome formats it."""
    members = _members(shape)
    line = f"{head} {' | '.join(members)};"
    if len(line) <= WIDTH:
        return [line]
    return [head, *(f"    | {member}" for member in members[:-1]), f"    | {members[-1]};"]


def _members(shape: shapes.Type) -> list[str]:
    match shape:
        case shapes.UnionType():
            return [name for member in shape.types for name in _members(member)]
        case shapes.LiteralType():
            return [json.dumps(value) for value in shape.values]
        case shapes.StrType() | shapes.BytesType():  # msgspec writes bytes as base64
            return ["string"]
        case shapes.IntType() | shapes.FloatType():
            return ["number"]
        case shapes.BoolType():
            return ["boolean"]
        case shapes.NoneType():
            return ["null"]
        case shapes.ListType():
            inner = _members(shape.item_type)
            return [f"({' | '.join(inner)})[]" if len(inner) > 1 else f"{inner[0]}[]"]
        case shapes.DictType():
            return [f"Record<string, {' | '.join(_members(shape.value_type))}>"]
        case shapes.StructType():
            return [shape.cls.__name__]
        case _:
            raise TypeError(f"No TypeScript type for {shape}")


def _methods(methods: Mapping[str, Method]) -> str:
    rows = [
        f'  "{name}": {{ params: {row.params.__name__}; result: {row.result.__name__} }};\n'
        for name, row in methods.items()
    ]
    return (
        f"/** Requests: method → parameters and result. */\nexport interface Methods {{\n{''.join(rows)}}}\n"
    )


def _notifications(notifications: Mapping[str, type[Wire]]) -> str:
    rows = [f'  "{name}": {row.__name__};\n' for name, row in notifications.items()]
    return (
        "/** What the daemon sends unasked: method → parameters. */\n"
        f"export interface Notifications {{\n{''.join(rows)}}}\n"
    )


def _comment(text: str | None, indent: str) -> list[str]:
    if not text:
        return []
    lines = text.replace("*/", "*\\/").splitlines()
    if len(lines) == 1:
        return [f"{indent}/** {lines[0]} */"]
    return [f"{indent}/**", *(f"{indent} * {line}".rstrip() for line in lines), f"{indent} */"]
