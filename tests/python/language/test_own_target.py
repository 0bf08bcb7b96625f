"""`target:` in a recipe: the machine that it will train on counts while it is checked."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from foreign_editor import TARGET, editor
from tunesmith.facts.sources import Store, read_now
from tunesmith.rules.check import Report
from tunesmith.server.checking import Circumstances, check_text

A100 = {"gpus": [{"name": "A100", "count": 4, "memory_gib": 40, "compute_capability": "8.0"}]}
RECIPE = "task: text-classification\ntarget: profiles/t4.json\ntrain: {bf16: true}\n"
LACKS = "TN011"
"""Nothing but a task and what is looked at stands in it."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "profiles").mkdir()
    for name, profile in (("t4", TARGET), ("a100", A100)):
        (tmp_path / "profiles" / f"{name}.json").write_text(json.dumps(profile))
    return tmp_path


def told(folder: Path, text: str, about: Circumstances | None = None) -> set[str]:
    outcome = check_text(folder / "a.train.yaml", text, about or Circumstances(), read_now(Store()))
    assert outcome is not None
    assert isinstance(outcome.checked, Report)
    return {one.code for one in outcome.checked.findings}


def test_it_comes_before_the_one_that_is_usual(folder: Path) -> None:
    a100 = folder / "profiles" / "a100.json"
    assert told(folder, RECIPE, Circumstances(usual_target=a100)) == {LACKS, "TN602"}
    assert told(folder, RECIPE.replace("t4", "a100")) == {LACKS}


def test_one_that_was_asked_for_comes_before_all(folder: Path) -> None:
    a100 = folder / "profiles" / "a100.json"
    assert told(folder, RECIPE, Circumstances(target=a100)) == {LACKS}


def test_one_that_is_no_profile_is_told_and_nothing_is_known_of_the_machine(folder: Path) -> None:
    assert told(folder, RECIPE.replace("t4", "h100")) == {LACKS, "TN016"}


async def test_the_status_names_it_and_it_can_be_opened(folder: Path) -> None:
    async with editor(folder, {}) as window:
        window.open("a.train.yaml", RECIPE)
        await window.until("a.train.yaml", {LACKS, "TN602"})
        status = await window.client.request("tunesmith/options", {})
        profile = folder / "profiles" / "t4.json"
        assert (status["target"], status["targetIsOwn"]) == (str(profile), True)
        place = {"textDocument": {"uri": window.uri("a.train.yaml")}}
        links = await window.client.request("textDocument/documentLink", place)
        assert profile.as_uri() in {one["target"] for one in links}
