"""A window with other people's files, in front of the real daemon."""

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

    async def told_of(self, name: str, codes: list[str]) -> None:
        """Wait until exactly these are told about a file of this folder, from now on."""
        while True:
            sent = await self.client.next("textDocument/publishDiagnostics")
            if sent["uri"] == self.uri(name) and [one["code"] for one in sent["diagnostics"]] == codes:
                return

    def changed_on_disk(self, name: str, text: str) -> None:
        """By another program, and the window was told."""
        (self.folder / name).write_text(text, encoding="utf-8")
        self.client.notify(
            "workspace/didChangeWatchedFiles", {"changes": [{"uri": self.uri(name), "type": 2}]}
        )

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
