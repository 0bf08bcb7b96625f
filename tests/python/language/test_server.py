"""The daemon as an editor sees it: real process, real stdio."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path
from typing import Any

import pytest
from daemon_client import DaemonClient, ErrorReply, daemon
from recipes import training_interpreter, write_files

RECIPE = """\
# file m/config.json: {}
# file m/model.safetensors:
# file m/tokenizer.json: {}
# file d.csv: 评论,label | 40 rows
task: text-classification
model: {name_or_path: ./m}
data: {train: d.csv, columns: {text: 😀, label: label}}
train:
  evaluation_strategy: epoch
"""
FINDINGS = {"TN101", "TN202"}


class Recipe:
    """An open recipe of a running daemon."""

    def __init__(self, client: DaemonClient, folder: Path, name: str = "a.train.yaml") -> None:
        self.client = client
        self.uri = (folder / name).as_uri()
        self.version = 0

    def open(self, text: str) -> None:
        self.version = 1
        document = {"uri": self.uri, "languageId": "yaml", "version": 1, "text": text}
        self.client.notify("textDocument/didOpen", {"textDocument": document})

    def change(self, line: int, start: int, end: int, text: str) -> None:
        self.version += 1
        where = {"start": at(line, start), "end": at(line, end)}
        changes = [{"range": where, "text": text}]
        document = {"uri": self.uri, "version": self.version}
        self.client.notify("textDocument/didChange", {"textDocument": document, "contentChanges": changes})

    async def diagnostics(self, codes: set[str]) -> list[dict[str, Any]]:
        """Those of the newest version, once they are exactly `codes`."""
        while True:
            sent = await self.client.next("textDocument/publishDiagnostics")
            found = sent["diagnostics"]
            if (
                sent["uri"] == self.uri
                and sent["version"] == self.version
                and {d["code"] for d in found} == codes
            ):
                return found

    async def ask(self, method: str, **params: Any) -> Any:
        return await self.client.request(method, {"textDocument": {"uri": self.uri}, **params})


def at(line: int, character: int) -> dict[str, int]:
    return {"line": line, "character": character}


async def test_from_opening_to_mending(tmp_path: Path) -> None:
    write_files(RECIPE, tmp_path)
    async with daemon(tmp_path, trusted=True, trainingInterpreter=str(training_interpreter().path)) as client:
        recipe = Recipe(client, tmp_path)
        recipe.open(RECIPE)
        column, renamed = await recipe.diagnostics(FINDINGS)
        assert column["range"] == {"start": at(6, 37), "end": at(6, 39)}, "an emoji is two UTF-16 units"
        assert column["severity"] == 1
        assert renamed["range"]["start"] == at(8, 2)

        fixes = await recipe.ask(
            "textDocument/codeAction",
            range={"start": at(6, 37), "end": at(6, 37)},
            context={"diagnostics": []},
        )
        (edit,) = fixes[0]["edit"]["documentChanges"][0]["edits"]
        assert edit == {"range": column["range"], "newText": "评论"}

        recipe.change(6, 37, 39, "评论")
        recipe.change(8, 2, 21, "eval_stratgy")
        (unknown,) = await recipe.diagnostics({"TN201"})
        assert "did you mean eval_strategy?" in unknown["message"]

        hovered = await recipe.ask("textDocument/hover", position=at(5, 10))
        assert "hub id" in hovered["contents"]["value"]
        offered = await recipe.ask("textDocument/completion", position=at(8, 4))
        rate = next(item for item in offered["items"] if item["label"] == "learning_rate")
        assert "transformers" in rate["documentation"]["value"]
        lenses = [lens["command"] for lens in await recipe.ask("textDocument/codeLens")]
        assert [lens["command"] for lens in lenses] == [
            "tunesmith.train",
            "tunesmith.debug",
            "tunesmith.dryRun",
        ]
        assert [lens["arguments"] for lens in lenses] == [[recipe.uri]] * 3
        targets = [link["target"] for link in await recipe.ask("textDocument/documentLink")]
        assert targets == [(tmp_path / "d.csv").as_uri(), (tmp_path / "m" / "config.json").as_uri()]


async def test_indenting_an_empty_line_offers_nothing(tmp_path: Path) -> None:
    async with daemon(tmp_path) as client:
        recipe = Recipe(client, tmp_path)
        recipe.open("data:\n  \n")
        typed = {"triggerKind": 2, "triggerCharacter": " "}
        assert await recipe.ask("textDocument/completion", position=at(1, 2), context=typed) is None
        offered = await recipe.ask("textDocument/completion", position=at(1, 2))
        assert "columns" in {item["label"] for item in offered["items"]}


async def test_a_data_file_that_changes_is_seen(tmp_path: Path) -> None:
    write_files(RECIPE, tmp_path)
    text = RECIPE.replace("evaluation_strategy: epoch", "seed: 1")
    async with daemon(tmp_path, trainingInterpreter=str(training_interpreter().path)) as client:
        recipe = Recipe(client, tmp_path)
        recipe.open(text)
        await recipe.diagnostics({"TN101"})
        (tmp_path / "d.csv").write_text("😀,label\na,b\n", encoding="utf-8")
        client.notify("workspace/didChangeWatchedFiles", {"changes": []})
        await recipe.diagnostics(set())


async def test_options_change_while_it_runs(tmp_path: Path) -> None:
    write_files(RECIPE, tmp_path)
    async with daemon(tmp_path, trainingInterpreter="/nowhere/python") as client:
        recipe = Recipe(client, tmp_path)
        recipe.open(RECIPE)
        await recipe.diagnostics({"TN101"})
        status = await client.next("tunesmith/status")
        assert status["interpreter"] is None
        assert "/nowhere/python" in status["message"]
        path = str(training_interpreter().path)
        replied = await client.request("tunesmith/options", {"trusted": True, "trainingInterpreter": path})
        assert replied["interpreter"] == path
        assert replied["packages"]["transformers"]
        assert replied["message"] is None
        assert replied["rulesWaiting"] < status["rulesWaiting"]
        await recipe.diagnostics(FINDINGS)


async def test_a_burst_of_edits_ends_with_the_diagnostics_of_the_last(tmp_path: Path) -> None:
    async with daemon(tmp_path) as client:
        recipe = Recipe(client, tmp_path)
        recipe.open("task: \n")
        for _ in range(40):
            recipe.change(0, 6, 6, "x")
        recipe.change(0, 0, 46, "task: text-classification")
        while True:
            sent = await client.next("textDocument/publishDiagnostics")
            if sent["version"] == recipe.version:
                break
        assert {d["code"] for d in sent["diagnostics"]} == {"TN011"}


async def test_closing_takes_the_diagnostics_away_and_other_files_get_none(tmp_path: Path) -> None:
    async with daemon(tmp_path) as client:
        other = Recipe(client, tmp_path, "other.yaml")
        other.open("no: recipe\n")
        assert await other.ask("textDocument/hover", position=at(0, 1)) is None
        assert await other.ask("textDocument/codeLens") is None
        recipe = Recipe(client, tmp_path)
        recipe.open("tsk: 1\n")
        sent = await client.next("textDocument/publishDiagnostics")
        assert sent["uri"] == recipe.uri
        client.notify("textDocument/didClose", {"textDocument": {"uri": recipe.uri}})
        while sent["diagnostics"]:
            sent = await client.next("textDocument/publishDiagnostics")
        assert sent["uri"] == recipe.uri


@pytest.mark.parametrize(
    ("method", "params"),
    [
        ("tunesmith/options", {"trusted": "perhaps"}),
        ("textDocument/hover", {"position": "nowhere"}),
    ],
)
async def test_what_is_not_understood_is_answered(method: str, params: Any, tmp_path: Path) -> None:
    async with daemon(tmp_path) as client:
        with pytest.raises(ErrorReply) as refused:
            await client.request(method, params)
        assert refused.value.code == -32602


# As the lsp command, but with the training libraries within reach: none of them is imported all the same.
SPY = """
import atexit, sys
HEAVY = {"torch", "transformers", "datasets", "accelerate", "tensorboard", "optuna", "pandas"}
atexit.register(lambda: print("imported:", sorted(HEAVY & set(sys.modules)), file=sys.stderr))
from tunesmith.cli.__main__ import main
sys.exit(main(["lsp"]))
"""


async def test_no_training_library_is_imported(tmp_path: Path) -> None:
    python = training_interpreter()
    write_files(RECIPE, tmp_path)
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        SPY,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(map(str, python.site_packages))},
    )
    client = DaemonClient(process)
    folders = [{"uri": tmp_path.as_uri(), "name": "w"}]
    options = {"trusted": True, "trainingInterpreter": str(python.path)}
    await client.request(
        "initialize",
        {
            "processId": None,
            "capabilities": {},
            "workspaceFolders": folders,
            "initializationOptions": options,
        },
    )
    client.notify("initialized", {})
    recipe = Recipe(client, tmp_path)
    recipe.open(RECIPE)
    await recipe.diagnostics(FINDINGS)
    await recipe.ask("textDocument/completion", position=at(8, 4))
    await client.close()
    assert process.stderr is not None
    said = (await process.stderr.read()).decode()
    assert "imported: []" in said, said
