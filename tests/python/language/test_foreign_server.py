"""Other people's files in the daemon as an editor sees it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from foreign_editor import DEEPSPEED, TRAINING, edited, editor
from tunesmith.ide.diagnostics import diagnostics
from tunesmith.ide.ignoring import ignoring
from tunesmith.rules.check import check


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
        assert [one["title"] for one in there] == [
            'Change to "auto" in ds.json',
            "Set per_device_train_batch_size to 1",
        ]
        assert [one.get("diagnostics") for one in there] == [None, None], "it stands in the other file"
        assert here["diagnostics"][0]["code"] == "TN611"

        window.write("train.yaml", TRAINING.replace(": 4", ": 1"))
        await window.until("ds.json", set())


async def test_a_fix_is_never_offered_where_its_setting_stood_before(tmp_path: Path) -> None:
    async with editor(tmp_path, {"train.yaml": TRAINING, "ds.json": DEEPSPEED}) as window:
        window.open("ds.json", DEEPSPEED)
        await window.until("ds.json", {"TN611"})
        window.write("ds.json", DEEPSPEED.replace("{", '{"wall_clock_breakdown": true,\n', 1))
        assert await window.fixes("ds.json", 1) == [], "the training that links here is checked later"
        while window.told["ds.json"][0]["range"]["start"]["line"] != 2:
            sent = await window.client.next("textDocument/publishDiagnostics")
            if sent["uri"] == window.uri("ds.json") and sent["diagnostics"]:
                window.told["ds.json"] = sent["diagnostics"]
        here, *_ = await window.fixes("ds.json", 2)
        (edit,) = here["edit"]["documentChanges"][0]["edits"]
        assert edit["range"]["start"] == {"line": 2, "character": 36}


async def test_two_trainings_may_say_two_things_of_one_setting(tmp_path: Path) -> None:
    other = TRAINING.replace(": 4", ": 8")
    async with editor(tmp_path, {"train.yaml": TRAINING, "b.yaml": other, "ds.json": DEEPSPEED}) as window:
        window.open("ds.json", DEEPSPEED)
        while len(found := await window.until("ds.json", {"TN611"})) < 2:
            window.told.pop("ds.json")
        assert {one["message"].rsplit(" ", 1)[-1] for one in found} == {"4", "8"}


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


async def test_files_that_nobody_has_open_are_checked_too(tmp_path: Path) -> None:
    files = {"a/train.yaml": TRAINING + "evaluation_strategy: epoch\n", "a/ds.json": DEEPSPEED}
    others = {"compose.yaml": "a: 1\na: 2\n", ".venv/train.yaml": TRAINING + "evaluation_strategy: no\n"}
    async with editor(tmp_path, {**files, **others}) as window:
        await window.until("train.yaml", {"TN202"})
        await window.until("ds.json", {"TN611"})
        window.open("a/ds.json", DEEPSPEED.replace("1", '"auto"'))
        await window.until("ds.json", set())
        window.open("a/train.yaml", TRAINING)
        await window.until("train.yaml", set())
        window.client.notify("textDocument/didClose", {"textDocument": {"uri": window.uri("a/train.yaml")}})
        await window.until("train.yaml", {"TN202"})
        assert set(window.told) == {"train.yaml", "ds.json"}
        await window.client.request("tunesmith/options", {"workspaceDiagnostics": False})
        await window.until("train.yaml", set())


async def test_files_that_another_program_writes_count(tmp_path: Path) -> None:
    watches = {"workspace": {"didChangeWatchedFiles": {"dynamicRegistration": True}}}
    files = {"a/train.yaml": TRAINING, "a/ds.json": DEEPSPEED, "b/b.yaml": TRAINING, "b/ds.json": DEEPSPEED}
    async with editor(tmp_path, files, capabilities=watches) as window:
        asked = await window.client.next("client/registerCapability")
        (watched,) = asked["registrations"][0]["registerOptions"]["watchers"]
        assert "jsonl" in watched["globPattern"]
        window.open("a/train.yaml", TRAINING)
        mended = DEEPSPEED.replace("1", '"auto"')
        for folder in ("a", "b"):
            await window.told_of(f"{folder}/ds.json", ["TN611"])
            window.changed_on_disk(f"{folder}/ds.json", mended)
            await window.told_of(f"{folder}/ds.json", [])


async def test_a_client_that_asks_is_not_told(tmp_path: Path) -> None:
    asks = {"textDocument": {"diagnostic": {}}, "workspace": {"diagnostics": {"refreshSupport": True}}}
    async with editor(tmp_path, {"ds.json": DEEPSPEED}, capabilities=asks) as window:
        window.open("train.yaml", TRAINING + "evaluation_strategy: epoch\n")
        found: list[dict[str, Any]] = []
        while {one["code"] for one in found} != {"TN202"}:
            await window.client.next("workspace/diagnostic/refresh")
            place = {"textDocument": {"uri": window.uri("train.yaml")}}
            report = await window.client.request("textDocument/diagnostic", place)
            found = report["items"]
        every = await window.client.request("workspace/diagnostic", {"previousResultIds": []})
        told = {one["uri"]: {item["code"] for item in one["items"]} for one in every["items"]}
        assert told[window.uri("ds.json")] == {"TN611"}
        assert "textDocument/publishDiagnostics" not in window.client.order


async def test_a_rule_is_as_loud_as_its_user_wants(tmp_path: Path) -> None:
    page = "tunesmith-rule:/{code}.md"
    loud = {"rules": {"TN202": "hint"}, "rulePages": page}
    async with editor(tmp_path, {}, **loud) as window:
        window.open("train.yaml", TRAINING + "evaluation_strategy: epoch\n")
        (found,) = await window.until("train.yaml", {"TN202"})
        assert found["severity"] == 4
        assert found["codeDescription"]["href"] == "tunesmith-rule:/TN202.md"
        read = await window.client.request("tunesmith/rules/page", {"code": "TN202"})
        assert read["text"].startswith("# TN202 ")
        target = str(tmp_path / "target.json")
        off = {"rules": {"TN202": "off"}, "target": target}
        status = await window.client.request("tunesmith/options", off)
        await window.until("train.yaml", set())
        assert await window.fixes("train.yaml", 5) == [], "nothing is mended that is not shown"
        assert await window.fixes("train.yaml", 5, only=["source.fixAll"]) == []
        assert (status["target"], status["targetProblem"]) == (target, None)
        assert (status["uri"], status["kind"]) == (window.uri("train.yaml"), "Hugging Face arguments")
        (tmp_path / "target.json").write_text('{"gpus": 3}')
        status = await window.client.request("tunesmith/options", off)
        assert status["targetProblem"] == "gpus: expected a list of GPUs"
        assert status["rulesWaiting"] > 0


async def test_the_launch_that_stands_beside_counts(tmp_path: Path) -> None:
    script = """\
    #!/bin/bash
    CONFIG=configs/train.yaml
    export CUDA_VISIBLE_DEVICES=0
    accelerate launch \\
        --num_processes 4 train.py $CONFIG "$@"
    """
    files = {
        "run.sh": "\n".join(line.strip() for line in script.splitlines()),
        "train.py": "HfArgumentParser((TrainingArguments,))",
        "configs/ds.json": DEEPSPEED.replace("1,", '4, "train_batch_size": 8,'),
    }
    async with editor(tmp_path, files, workspaceDiagnostics=False) as window:
        window.open("configs/train.yaml", TRAINING)
        (found,) = await window.until("ds.json", {"TN611"})
        assert "16" in found["message"]
        place = {"uri": window.uri("configs/train.yaml")}
        status = await window.client.request("tunesmith/focus", place)
        assert status["launch"] == str(tmp_path / "run.sh")


async def test_a_comment_silences_a_finding(tmp_path: Path) -> None:
    why = "# tunesmith: ignore TN202 because the cluster has 4.40"
    async with editor(tmp_path, {}, workspaceDiagnostics=False) as window:
        window.open("train.yaml", TRAINING + f"evaluation_strategy: epoch  {why}\n")
        await window.until("train.yaml", set())
        window.write("train.yaml", TRAINING + f"{why}\n# and so on\nevaluation_strategy: epoch\n")
        await window.until("train.yaml", set())
        window.write("train.yaml", TRAINING + "evaluation_strategy: epoch # tunesmith: ignore TN202\n")
        await window.until("train.yaml", {"TN006"})
        window.write("train.yaml", TRAINING + f"eval_strategy: epoch  {why}\n")
        (idle,) = await window.until("train.yaml", {"TN007"})
        assert idle["range"] == {"start": {"line": 5, "character": 22}, "end": {"line": 5, "character": 76}}
        window.open("a.train.yaml", f"task: text-clasification  {why.replace('TN202', 'TN013, TN011')}\n")
        await window.until("a.train.yaml", set())


async def test_a_finding_is_ignored_with_a_reason_to_be_filled_in(tmp_path: Path) -> None:
    fills_in = {"workspace": {"workspaceEdit": {"documentChanges": True, "snippetEditSupport": True}}}
    text = TRAINING + "hub_model_id: 'käse 🧀'\nevaluation_strategy: epoch\n"
    comment = "# tunesmith: ignore TN202 because …\n"
    async with editor(tmp_path, {"ds.json": DEEPSPEED}, workspaceDiagnostics=False) as window:
        window.open("train.yaml", text)
        await window.until("train.yaml", {"TN202"})
        *mending, ignore = await window.fixes("train.yaml", 6)
        assert mending
        assert not ignore["isPreferred"]
        assert ignore["title"] == "Ignore TN202 here"
        (edit,) = ignore["edit"]["documentChanges"][0]["edits"]
        assert (edit["newText"], edit["range"]["start"]) == (comment, {"line": 6, "character": 0})
        window.write("train.yaml", text.replace("evaluation", f"{comment}evaluation"))
        await window.until("train.yaml", {"TN006"})
        assert await window.fixes("train.yaml", 6) == [], "the reason is asked for"
        window.write("train.yaml", text.replace("evaluation", comment.replace("…", "so") + "evaluation"))
        await window.until("train.yaml", set())
        titles = [one["title"] for one in await window.fixes("ds.json", 1)]
        assert not [title for title in titles if title.startswith("Ignore")], "JSON has no comments"
    async with editor(tmp_path, {}, capabilities=fills_in, workspaceDiagnostics=False) as window:
        window.open("a.train.yaml", "task: text-clasification\n")
        *_, ignore = await window.fixes("a.train.yaml", 0)
        (edit,) = ignore["edit"]["documentChanges"][0]["edits"]
        assert edit["snippet"]["value"].endswith(" because ${1:…}\n")


def test_no_comment_is_written_into_a_text(tmp_path: Path) -> None:
    text = 'task: text-classification\nmodel: {name_or_path: "a\n  b", revision: "c\n  d", nome: 3}\n'
    for place, written in ((", nome", None), (",\n  nome", "  # tunesmith: ignore TN010 because …\n")):
        report = check(text.replace(", nome", place), tmp_path, None)
        (one,) = [one for one in diagnostics(report) if "nome" in one.message]
        comment = ignoring(report.tree, one)
        assert (comment and comment.text) == written


async def test_questions_about_the_file_of_somebody_else(tmp_path: Path) -> None:
    files = {"ds.json": DEEPSPEED.replace("1", "4"), "m/config.json": '{"model_type": "llama"}'}
    async with editor(tmp_path, files, workspaceDiagnostics=False) as window:
        text = TRAINING + "evaluation_strategy: epoch\nsave_strategy: \n"
        window.open("train.yaml", text)
        window.open("ds.json", files["ds.json"])
        await window.until("train.yaml", {"TN202"})

        async def ask(method: str, name: str, line: int = 0, character: int = 0, **more: Any) -> Any:
            place = {"position": {"line": line, "character": character}, **more}
            document = {"textDocument": {"uri": window.uri(name)}}
            return await window.client.request(f"textDocument/{method}", {**document, **place})

        gone = (await ask("hover", "train.yaml", 5, 3))["contents"]["value"]
        assert "taken away in transformers 4.51" in gone
        batch = (await ask("hover", "train.yaml", 2, 3))["contents"]["value"]
        assert "transformers 4.57" in batch
        keys = {one["label"] for one in (await ask("completion", "train.yaml", 7))["items"]}
        assert "gradient_accumulation_steps" in keys
        assert "num_train_epochs" not in keys, "it is there"
        words = {one["label"] for one in (await ask("completion", "train.yaml", 6, 15))["items"]}
        assert {"no", "epoch", "steps"} <= words
        links = {one["target"] for one in await ask("documentLink", "train.yaml")}
        assert links == {window.uri("ds.json"), window.uri("m/config.json")}
        outline = await ask("documentSymbol", "train.yaml")
        assert [one["name"] for one in outline][:2] == ["model_name_or_path", "output_dir"]
        (there,) = await ask("definition", "train.yaml", 2, 3)
        assert (there["uri"], there["range"]["start"]["line"]) == (window.uri("ds.json"), 1)
        (back,) = await ask("references", "ds.json", 1, 6, context={"includeDeclaration": False})
        assert (back["uri"], back["range"]["start"]["line"]) == (window.uri("train.yaml"), 2)
        (file,) = await ask("definition", "train.yaml", 4, 3)
        assert file["uri"] == window.uri("ds.json")
