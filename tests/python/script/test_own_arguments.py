"""The arguments of the user's own script in the editor: offered, explained, found, and found again."""

from __future__ import annotations

from pathlib import Path

from daemon_client import daemon
from recipes import checked, cursor, training_interpreter
from tunesmith.ide.completion import Completion, completion
from tunesmith.ide.definition import definition, uses
from tunesmith.ide.hover import hover
from tunesmith.ide.place import place_at
from tunesmith.server.handlers.language import list_folder

SCRIPT = """\
import argparse

parser = argparse.ArgumentParser()
parser.add_argument("--data", required=True, help="Where the digits lie.")
parser.add_argument(
    "-o", "--optimizer", choices=["adam", "sgd"], default="adam"
)
parser.add_argument("--shuffle", action=argparse.BooleanOptionalAction, default=True)
parser.add_argument("--sizes", nargs="+", type=int)
parser.parse_args()
"""
HEAD = "script: train.py\nargs:\n"


def offered(text: str, folder: Path) -> dict[str, Completion]:
    (folder / "train.py").write_text(SCRIPT)
    text, position = cursor(HEAD + text)
    report = checked(text, folder, training_interpreter())
    found = completion(
        report.tree.lines, report.facts, place_at(report.tree.lines, position), folder, list_folder
    )
    return {one.label: one for one in found}


def test_names_and_choices_are_offered(tmp_path: Path) -> None:
    names = offered("  ‸\n", tmp_path)
    assert [*names] == ["data", "optimizer", "shuffle", "no-shuffle", "sizes"]
    assert names["data"].detail == "required · text"
    assert "Where the digits lie." in names["data"].documentation
    assert "train.py, line 4" in names["data"].documentation
    assert min(names.values(), key=lambda one: one.sort).label == "data"
    assert names["no-shuffle"].detail == "true or false"
    assert "data" not in offered("  data: d\n  ‸\n", tmp_path)
    assert [*offered("  optimizer: ‸\n", tmp_path)] == ["adam", "sgd"]
    assert [*offered("  no-shuffle: ‸\n", tmp_path)] == ["true"]


def test_an_argument_is_explained_by_any_of_its_names(tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text(SCRIPT)
    for key in ("optimizer", "-o", "opt"):
        text, position = cursor(f"{HEAD}  data: d\n  {key[:1]}‸{key[1:]}: sgd\n")
        report = checked(text, tmp_path, training_interpreter())
        found = hover(report, position)
        assert found is not None, key
        assert "default `adam`" in found.text
        assert "One of `adam`, `sgd`" in found.text
        place = definition(report, position)
        assert place is not None
        assert (place.path, place.line, place.last) == (tmp_path / "train.py", 4, 6)
        assert [*uses(report, tmp_path / "train.py", 5)] == [place.origin]
    assert [*uses(report, tmp_path / "train.py", 8)] == []


def test_a_script_is_found_by_its_name(tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text(SCRIPT)
    text, position = cursor("script: tra‸in.py\nargs: {data: d}\n")
    place = definition(checked(text, tmp_path, training_interpreter()), position)
    assert place is not None
    assert (place.path, place.line) == (tmp_path / "train.py", 0)


def test_the_fields_of_the_trainer_are_arguments_too(tmp_path: Path) -> None:
    script = "from transformers import HfArgumentParser, TrainingArguments\n"
    (tmp_path / "train.py").write_text(
        f"{script}HfArgumentParser(TrainingArguments).parse_args_into_dataclasses()\n"
    )
    args = "learning_rate: 1.0e-4, eval-strategy: epoch, activation_checkpointing: true, bf16: true"
    python = training_interpreter()
    assert (
        checked(f"script: train.py\nargs: {{{args}, optim: adamw_torch}}\n", tmp_path, python).findings == ()
    )
    wrong = checked("script: train.py\nargs: {warmup_ratio: 0.1, eval_strategy: epohc}\n", tmp_path, python)
    assert [one.code for one in wrong.findings] == ["TN441", "TN444"]


async def test_a_recipe_is_held_against_the_script_as_it_is_written(tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text(SCRIPT)
    recipe, script = (tmp_path / "a.train.yaml").as_uri(), (tmp_path / "train.py").as_uri()
    async with daemon(tmp_path, trusted=True, trainingInterpreter=str(training_interpreter().path)) as client:

        async def codes(*wanted: str) -> None:
            while True:
                sent = await client.next("textDocument/publishDiagnostics")
                if sent["uri"] == recipe and [one["code"] for one in sent["diagnostics"]] == [*wanted]:
                    return

        def shown(uri: str, language: str, text: str) -> dict[str, object]:
            return {"textDocument": {"uri": uri, "languageId": language, "version": 1, "text": text}}

        client.notify("textDocument/didOpen", shown(recipe, "yaml", f"{HEAD}  data: d\n  depth: 3\n"))
        await codes("TN441")
        deeper = SCRIPT.replace("--sizes", "--depth")
        client.notify("textDocument/didOpen", shown(script, "python", SCRIPT))
        changes = {"textDocument": {"uri": script, "version": 2}, "contentChanges": [{"text": deeper}]}
        client.notify("textDocument/didChange", changes)
        await codes()

        at = {"line": 3, "character": 3}
        where = {"textDocument": {"uri": recipe}, "position": at}
        (place,) = await client.request("textDocument/definition", where)
        assert place["targetUri"] == script
        assert place["targetSelectionRange"]["start"] == {"line": 8, "character": 0}
        asked = {"textDocument": {"uri": script}, "position": {"line": 8, "character": 4}}
        back = await client.request(
            "textDocument/references", {**asked, "context": {"includeDeclaration": False}}
        )
        assert [(one["uri"], one["range"]["start"]) for one in back] == [
            (recipe, {"line": 3, "character": 2})
        ]

        client.notify("textDocument/didClose", {"textDocument": {"uri": script}})
        await codes("TN441")
