"""Where things stand in a file, asked of the real daemon, and the page of a rule."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from foreign_editor import TRAINING, editor
from tunesmith.rules.page_text import page_text

RECIPE = """\
task: causal-lm
data: {train: d.csv, max_length: &long 32}
train:
  per_device_train_batch_size: &batch 8
  per_device_eval_batch_size: *batch
"""


def start(place: Any) -> tuple[int, int]:
    return place["range"]["start"]["line"], place["range"]["start"]["character"]


async def test_places(tmp_path: Path) -> None:
    async with editor(tmp_path, {}, workspaceDiagnostics=False) as window:
        window.open("a.train.yaml", RECIPE)
        window.open("train.yaml", TRAINING.replace("4", "&n 4").replace("1", "*n"))

        async def ask(method: str, name: str, **params: Any) -> Any:
            document = {"textDocument": {"uri": window.uri(name)}}
            return await window.client.request(f"textDocument/{method}", {**document, **params})

        outline = await ask("documentSymbol", "a.train.yaml")
        assert [one["name"] for one in outline] == ["task", "data", "train"]
        assert [one["name"] for one in outline[1]["children"]] == ["train", "max_length"]

        alias = {"position": {"line": 4, "character": 33}}
        (anchor,) = await ask("definition", "a.train.yaml", **alias)
        assert (anchor["uri"], start(anchor)) == (window.uri("a.train.yaml"), (3, 32))
        for declared, wanted in ((True, [(3, 32), (4, 31)]), (False, [(4, 31)])):
            context = {"context": {"includeDeclaration": declared}}
            assert [
                start(one) for one in await ask("references", "a.train.yaml", **alias, **context)
            ] == wanted
        line = TRAINING.split("\n").index("num_train_epochs: 1")
        (anchor,) = await ask("definition", "train.yaml", position={"line": line, "character": 19})
        assert TRAINING.split("\n")[start(anchor)[0]] == "per_device_train_batch_size: 4"


def test_a_page_shows_its_words_as_they_are() -> None:
    text = page_text("TN202")
    assert text is not None
    assert "*key* is gone from *library*\n" in text, "what is only said of some keys is left out"
    assert r"TrainingArguments.\_\_init\_\_:" in text
