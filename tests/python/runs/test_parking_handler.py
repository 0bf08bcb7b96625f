"""The daemon keeps the next start of an open recipe ready that was trained, and ends it when it is closed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from daemon_client import DaemonClient, daemon
from process_scan import living
from training import end
from tunesmith.core.layout import RunFolder, runs_home
from tunesmith.core.parked import ParkedFolder, parked_home, read_start
from tunesmith.facts.interpreter import Interpreter
from tunesmith.runs import store
from waiting import until

START, CHANGED, STATUS = "tunesmith/runs/start", "tunesmith/runs/changed", "tunesmith/status"


@pytest.fixture
def recipe(tmp_path: Path) -> Iterator[Path]:
    (tmp_path / "program.py").write_text("import json\n\nprint(json.dumps('ended'))\n")
    path = tmp_path / "own.train.yaml"
    path.write_text("script: program.py\n")
    yield path
    for home in store.homes([tmp_path]):
        for run in store.runs_in(home):
            end(run)


def open_recipe(client: DaemonClient, recipe: Path) -> dict[str, str]:
    document = {"uri": recipe.as_uri(), "languageId": "tunesmith-recipe", "version": 1}
    client.notify("textDocument/didOpen", {"textDocument": {**document, "text": recipe.read_text()}})
    return {"uri": recipe.as_uri()}


async def told(client: DaemonClient, ready: bool) -> dict[str, Any]:
    while True:
        status = await client.next(STATUS)
        if (status["nextStart"] is not None) is ready:
            return status


async def trained(client: DaemonClient, recipe: Path) -> RunFolder:
    started = (await client.request(START, {"recipe": str(recipe)}))["run"]
    while True:
        for run in (await client.next(CHANGED))["runs"]:
            if run["id"] == started["id"] and run["state"] == "ended":
                assert run["cause"] == "finished", run["message"]
                return RunFolder(Path(run["folder"]))


async def test_the_next_start_is_parked_used_and_given_up(recipe: Path, trainer: Interpreter) -> None:
    options = {"trainingInterpreter": str(trainer.path), "parkedStart": True, "parkedMemoryLimit": 4000}
    async with daemon(recipe.parent, trusted=True, **options) as client:
        document = open_recipe(client, recipe)
        cold = await trained(client, recipe)
        assert read_start(ParkedFolder(cold.path)) is None
        assert (await told(client, ready=True))["nextStart"] > 10_000_000
        warm = await trained(client, recipe)
        start = read_start(ParkedFolder(warm.path))
        assert start is not None
        assert start.memory_limit == 4_000_000_000
        await told(client, ready=False)
        await told(client, ready=True)
        (next_one,) = parked_home(recipe.parent).iterdir()
        assert next_one.name != start.id
        client.notify("textDocument/didClose", {"textDocument": document})
        until("it has ended", lambda: not living(RunFolder(next_one)))
    assert [run.id for run in store.runs_in(runs_home(recipe.parent))] == [cold.id, warm.id]
