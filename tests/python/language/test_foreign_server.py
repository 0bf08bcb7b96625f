"""Other people's files in the daemon as an editor sees it."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from daemon_client import DaemonClient, daemon

TARGET = {
    "packages": {"transformers": "4.57.0", "accelerate": "1.10.0", "deepspeed": "0.17.0", "torch": "2.8.0"},
    "gpus": [{"name": "T4", "count": 1, "memory_gib": 16, "compute_capability": "7.5"}],
}
TRAINING = """\
model_name_or_path: m
output_dir: out
per_device_train_batch_size: 4
num_train_epochs: 1
deepspeed: ds.json
"""
DEEPSPEED = """\
{
  "train_micro_batch_size_per_gpu": 1,
  "zero_optimization": {"stage": 2}
}
"""


class Editor:
    """The files that a window has open, and what it was told about each file."""

    def __init__(self, client: DaemonClient, folder: Path) -> None:
        self.client = client
        self.folder = folder
        self.versions: dict[str, int] = {}
        self.told: dict[str, list[dict[str, Any]]] = {}

    def uri(self, name: str) -> str:
        return (self.folder / name).as_uri()

    def open(self, name: str, text: str) -> None:
        self.versions[name] = 1
        kind = "json" if name.endswith("json") else "yaml"
        document = {"uri": self.uri(name), "languageId": kind, "version": 1, "text": text}
        self.client.notify("textDocument/didOpen", {"textDocument": document})

    def write(self, name: str, text: str) -> None:
        """The whole text anew."""
        self.versions[name] += 1
        document = {"uri": self.uri(name), "version": self.versions[name]}
        changes = [{"text": text}]
        self.client.notify("textDocument/didChange", {"textDocument": document, "contentChanges": changes})

    async def until(self, name: str, codes: set[str]) -> list[dict[str, Any]]:
        """What is told about a file, once it is exactly `codes`."""
        while name not in self.told or {one["code"] for one in self.told[name]} != codes:
            sent = await self.client.next("textDocument/publishDiagnostics")
            self.told[Path(sent["uri"].removeprefix("file://")).name] = sent["diagnostics"]
        return self.told[name]

    async def fixes(self, name: str, line: int, **context: Any) -> list[dict[str, Any]]:
        here = {"line": line, "character": 3}
        params = {
            "textDocument": {"uri": self.uri(name)},
            "range": {"start": here, "end": here},
            "context": {"diagnostics": [], **context},
        }
        return await self.client.request("textDocument/codeAction", params) or []


@asynccontextmanager
async def editor(folder: Path, files: Mapping[str, str], **options: Any) -> AsyncIterator[Editor]:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    (folder / "target.json").write_text(json.dumps(TARGET))
    async with daemon(folder, target=str(folder / "target.json"), **options) as client:
        yield Editor(client, folder)


def edited(action: Mapping[str, Any], uri: str) -> list[str]:
    changes = action["edit"]["documentChanges"]
    return [edit["newText"] for one in changes if one["textDocument"]["uri"] == uri for edit in one["edits"]]


async def test_a_linked_file_is_told_where_the_setting_stands(tmp_path: Path) -> None:
    async with editor(tmp_path, {"ds.json": DEEPSPEED}) as window:
        window.open("train.yaml", TRAINING)
        (found,) = await window.until("ds.json", {"TN611"})
        assert found["range"]["start"] == {"line": 1, "character": 2}
        (related,) = found["relatedInformation"]
        assert related["location"]["uri"] == window.uri("train.yaml")
        assert related["location"]["range"]["start"]["line"] == 2

        here, *_ = await window.fixes("ds.json", 1)
        assert edited(here, window.uri("ds.json")) == ['"auto"']
        there = await window.fixes("train.yaml", 2)
        assert [edited(one, window.uri("train.yaml")) for one in there] == [[], ["1"]]

        window.write("train.yaml", TRAINING.replace(": 4", ": 1"))
        await window.until("ds.json", set())


async def test_what_is_being_written_in_a_linked_file_counts(tmp_path: Path) -> None:
    async with editor(tmp_path, {"ds.json": DEEPSPEED.replace("1", '"auto"')}) as window:
        window.open("train.yaml", TRAINING)
        window.open("ds.json", DEEPSPEED.replace("1", '"auto"'))
        await window.until("train.yaml", set())
        window.write("ds.json", DEEPSPEED)
        await window.until("ds.json", {"TN611"})
        window.write("ds.json", DEEPSPEED.replace("1", '"auto"'))
        await window.until("ds.json", set())


async def test_files_that_are_nobodys_are_left_alone(tmp_path: Path) -> None:
    async with editor(tmp_path, {}) as window:
        window.open("compose.yaml", "services: {web: {image: nginx}}\nservices: {}\n")
        window.open("package.json", '{"name": "x", "learning_rate": "1e-5", "stage": 3}')
        window.open("values.yaml", "learning_rate: 1e-5\nnum_epochs: 3\n\tbroken")
        window.open("train.yaml", TRAINING + "evaluation_strategy: epoch\n")
        await window.until("train.yaml", {"TN202"})
        assert set(window.told) <= {"train.yaml", "ds.json"}
        for name in ("compose.yaml", "package.json", "values.yaml"):
            place = {"textDocument": {"uri": window.uri(name)}, "position": {"line": 0, "character": 2}}
            assert await window.client.request("textDocument/hover", place) is None
            assert await window.client.request("textDocument/completion", place) is None
            assert await window.fixes(name, 0) == []


async def test_fix_all(tmp_path: Path) -> None:
    async with editor(tmp_path, {}) as window:
        window.open("train.yaml", TRAINING + "evaluation_strategy: epoch\n")
        await window.until("train.yaml", {"TN202"})
        (every,) = await window.fixes("train.yaml", 0, only=["source.fixAll"])
        assert edited(every, window.uri("train.yaml")) == ["eval_strategy"]
