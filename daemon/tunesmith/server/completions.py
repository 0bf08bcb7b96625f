"""Completions as LSP has them, encoded by msgspec alone.

An editor asks at each key, and a section offers a hundred of them: to make lsprotocol's types, and JSON of
those, would take most of the time of an answer.
"""

# A msgspec struct that derives from a frozen one is frozen too; the type checker does not know.
# pyright: reportGeneralTypeIssues=false

from __future__ import annotations

from collections.abc import Sequence

from lsprotocol import types

from tunesmith.ide.completion import Completion
from tunesmith.server.convert import Lines, to_range
from tunesmith.server.messages.base import Wire

KINDS = {
    "recipe": types.CompletionItemKind.Snippet,
    "section": types.CompletionItemKind.Module,
    "key": types.CompletionItemKind.Property,
    "choice": types.CompletionItemKind.EnumMember,
    "column": types.CompletionItemKind.Field,
    "file": types.CompletionItemKind.File,
    "folder": types.CompletionItemKind.Folder,
}


class Markdown(Wire):
    value: str
    kind: str = types.MarkupKind.Markdown.value


class Place(Wire):
    line: int
    character: int


class Extent(Wire):
    start: Place
    end: Place


class Edit(Wire):
    range: Extent
    new_text: str


class Command(Wire):
    title: str
    command: str


class Item(Wire, omit_defaults=True):
    label: str
    kind: types.CompletionItemKind
    text_edit: Edit
    filter_text: str
    detail: str = ""
    documentation: Markdown | None = None
    sort_text: str = ""
    insert_text_format: types.InsertTextFormat = types.InsertTextFormat.PlainText
    insert_text_mode: types.InsertTextMode | None = None
    command: Command | None = None


class Items(Wire):
    """LSP's `CompletionList`."""

    items: list[Item]
    is_incomplete: bool = False


SUGGEST = Command("Suggest", "editor.action.triggerSuggest")


def to_completions(lines: Lines, found: Sequence[Completion]) -> Items:
    extents = {range: _extent(to_range(lines, range)) for range in {one.range for one in found}}
    return Items([_item(one, extents[one.range]) for one in found])


def _item(one: Completion, extent: Extent) -> Item:
    return Item(
        label=one.label,
        kind=KINDS[one.kind],
        text_edit=Edit(extent, one.text),
        filter_text=one.text.strip() if one.kind in ("file", "folder") else one.label,
        detail=one.detail,
        documentation=Markdown(one.documentation) if one.documentation else None,
        sort_text=one.sort,
        insert_text_format=types.InsertTextFormat.Snippet
        if one.kind == "recipe"
        else types.InsertTextFormat.PlainText,
        insert_text_mode=types.InsertTextMode.AsIs,
        command=SUGGEST if one.more else None,
    )


def _extent(range: types.Range) -> Extent:
    start, end = range.start, range.end
    return Extent(Place(start.line, start.character), Place(end.line, end.character))
