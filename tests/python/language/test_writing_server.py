"""How files are written, asked of the real daemon."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from daemon_client import ErrorReply
from foreign_editor import TRAINING, Editor, editor

BY_FILE = {"dynamicRegistration": True}
CAPABILITIES: Mapping[str, Any] = {
    "workspace": {"semanticTokens": {"refreshSupport": True}},
    "textDocument": {"formatting": BY_FILE, "rangeFormatting": BY_FILE, "rename": {"prepareSupport": True}},
}
OPTIONS = {"tabSize": 2, "insertSpaces": True}


async def ask(window: Editor, method: str, name: str, **params: Any) -> Any:
    document = {"textDocument": {"uri": window.uri(name)}}
    return await window.client.request(f"textDocument/{method}", {**document, **params})


async def formatted(window: Editor) -> tuple[str, set[str]]:
    """The files and methods that the window is asked to have formatted by us next."""
    while True:
        asked = (await window.client.next("client/registerCapability"))["registrations"]
        if asked[0]["method"] == "textDocument/formatting":
            (one,) = asked[0]["registerOptions"]["documentSelector"]
            return one["pattern"], {each["method"] for each in asked}


async def test_how_files_are_written(tmp_path: Path) -> None:
    async with editor(tmp_path, {}, capabilities=CAPABILITIES, workspaceDiagnostics=False) as window:
        window.open("other.yaml", "😀:   1\n")
        window.open("a.train.yaml", "task: causal-lm\nmodel: {name_or_path: 😀}   # x \n")
        methods = {"textDocument/formatting", "textDocument/rangeFormatting"}
        assert await formatted(window) == ("**/*.train.yaml", methods), "other files keep their formatter"
        window.open("train.yaml", TRAINING.replace(": ", ":  "))
        assert await formatted(window) == ((tmp_path / "train.yaml").as_posix(), methods)

        (edit,) = await ask(window, "formatting", "a.train.yaml", options=OPTIONS)
        places = {name: edit["range"][name]["character"] for name in ("start", "end")}
        assert places == {"start": 31, "end": 32}, "an emoji is two UTF-16 units"
        assert len(await ask(window, "formatting", "train.yaml", options=OPTIONS)) == 5
        where = {"start": {"line": 1, "character": 0}, "end": {"line": 2, "character": 0}}
        assert len(await ask(window, "rangeFormatting", "train.yaml", options=OPTIONS, range=where)) == 1
        assert await ask(window, "formatting", "other.yaml", options=OPTIONS) is None

        folds = await ask(window, "foldingRange", "a.train.yaml")
        assert folds == []
        window.write(
            "train.yaml", "# of\n# batches\n" + TRAINING + "fsdp_config:\n  a\n  min_num_params: 1\n"
        )
        folds = await ask(window, "foldingRange", "train.yaml")
        assert [(one["startLine"], one["endLine"], one.get("kind")) for one in folds] == [
            (0, 1, "comment"),
            (7, 9, None),
        ]
        assert await ask(window, "foldingRange", "other.yaml") is None, "the editor folds it itself"

        window.write("a.train.yaml", "task: causal-lm\ndata: {columns: {text: 😀}, train: d.csv}\n")
        await window.client.next("workspace/semanticTokens/refresh")
        every = (await ask(window, "semanticTokens/full", "a.train.yaml"))["data"]
        words = [every[start : start + 5] for start in range(0, len(every), 5)]
        assert words[:2] == [[0, 0, 4, 1, 0], [0, 6, 9, 3, 0]]
        assert words[-2:] == [[0, 11, 5, 1, 0], [0, 7, 5, 4, 0]], "an emoji is two UTF-16 units"
        seen = {"start": {"line": 1, "character": 0}, "end": {"line": 1, "character": 9}}
        part = (await ask(window, "semanticTokens/range", "a.train.yaml", range=seen))["data"]
        assert part == [1, *every[11:]]
        assert await ask(window, "semanticTokens/full", "other.yaml") is None

        window.write("train.yaml", TRAINING.replace("4", "&n 4").replace("1", "*n") + "run_name: 😀\n")
        text = "data: {columns: {text: 😀}, train: &文 d.csv}\ntask: causal-lm\nmodel: {tokenizer: *文}\n"
        window.write("a.train.yaml", text)
        here = {"line": 0, "character": 36}
        place = await ask(window, "prepareRename", "a.train.yaml", position=here)
        assert (place["range"]["start"]["character"], place["placeholder"]) == (36, "文")
        renamed = await ask(window, "rename", "a.train.yaml", position=here, newName="file")
        (change,) = renamed["documentChanges"]
        assert change["textDocument"] == {"uri": window.uri("a.train.yaml"), "version": 3}
        starts = [edit["range"]["start"] for edit in change["edits"]]
        assert starts == [here, {"line": 2, "character": 20}]
        with pytest.raises(ErrorReply, match="cannot be called"):
            await ask(window, "rename", "a.train.yaml", position=here, newName="a b")
        with pytest.raises(ErrorReply, match="column of the data file"):
            await ask(window, "prepareRename", "a.train.yaml", position={"line": 0, "character": 23})
        assert (
            await ask(window, "prepareRename", "a.train.yaml", position={"line": 1, "character": 1}) is None
        )
        where = {"line": 3, "character": 19}
        renamed = await ask(window, "rename", "train.yaml", position=where, newName="count")
        assert [len(one["edits"]) for one in renamed["documentChanges"]] == [2]
