"""The past of runs as a client of the daemon sees it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from daemon_client import DaemonClient, ErrorReply, daemon
from ended_run import ended_run, git, repository, write_recipe
from trainer import training_interpreter
from training import end
from tunesmith.core.layout import RunFolder
from tunesmith.runs.kept import record
from tunesmith.server.protocol import METHODS

CHANGED = "tunesmith/runs/changed"
ABSENT = "20990101-000000-ffff"
WRITING = (
    ("tunesmith/runs/again", {"runId": ABSENT}),
    ("tunesmith/runs/annotate", {"runId": ABSENT, "note": "x"}),
    ("tunesmith/runs/delete", {"runIds": [ABSENT]}),
    ("tunesmith/trash/restore", {"runIds": [ABSENT]}),
    ("tunesmith/trash/empty", {}),
    ("tunesmith/code/open", {"runId": ABSENT}),
    ("tunesmith/code/list", {}),
    ("tunesmith/code/remove", {"runIds": [ABSENT]}),
)


@pytest.fixture
def top(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    return repository(tmp_path / "project")


@pytest.fixture
def run(top: Path) -> RunFolder:
    (top / "train.py").write_text("rate = 2\n")
    return ended_run(write_recipe(top))


@pytest_asyncio.fixture
async def client(run: RunFolder, top: Path) -> AsyncIterator[DaemonClient]:
    async with daemon(top, trusted=True) as client:
        yield client


async def ids(client: DaemonClient, top: Path) -> list[str]:
    listed = await client.request("tunesmith/runs/list", {"folders": [str(top)]})
    return [one["id"] for one in listed["runs"]]


async def shown(client: DaemonClient, run_id: str) -> dict[str, Any]:
    while True:
        for one in (await client.next(CHANGED))["runs"]:
            if one["id"] == run_id:
                return one


async def removed(client: DaemonClient, run_id: str) -> None:
    while run_id not in (await client.next(CHANGED))["removed"]:
        continue


async def test_a_run_is_read_annotated_deleted_and_restored(
    client: DaemonClient, run: RunFolder, top: Path
) -> None:
    assert (await shown(client, run.id))["note"] == ""
    text = (await client.request("tunesmith/runs/document", {"runId": run.id}))["text"]
    assert text.startswith(f"# tiny #{run.id[-4:]}\n")
    written = {"runId": run.id, "note": "good", "tags": ["a", "b"]}
    reply = await client.request("tunesmith/runs/annotate", written)
    assert (reply["note"], reply["tags"]) == ("good", ["a", "b"])
    assert (await shown(client, run.id))["tags"] == ["a", "b"]
    with pytest.raises(ErrorReply, match="is no tag"):
        await client.request("tunesmith/runs/annotate", {"runId": run.id, "tags": ["a,b"]})

    reply = await client.request("tunesmith/runs/delete", {"runIds": [run.id, ABSENT, "../runs"]})
    assert reply["runIds"] == [run.id]
    assert [ABSENT in reply["refused"][0], "../runs" in reply["refused"][1]] == [True, True]
    await removed(client, run.id)
    assert await ids(client, top) == []
    (trashed,) = (await client.request("tunesmith/trash/list", {}))["runs"]
    assert (trashed["id"], trashed["name"]) == (run.id, "tiny")

    reply = await client.request("tunesmith/trash/restore", {"runIds": [run.id, "../../x"]})
    assert (reply["runIds"], len(reply["refused"])) == ([run.id], 1)
    assert (await shown(client, run.id))["note"] == "good"
    assert run.path.is_dir()

    await client.request("tunesmith/runs/delete", {"runIds": [run.id]})
    emptied = await client.request("tunesmith/trash/empty", {})
    assert (emptied["runs"], emptied["refused"]) == (1, [])
    assert emptied["size"] == trashed["size"]


async def test_the_code_of_a_run_is_opened_listed_and_removed(
    client: DaemonClient, run: RunFolder, top: Path, tmp_path: Path
) -> None:
    (top / "train.py").write_text("rate = 9\n")
    opened = await client.request("tunesmith/code/open", {"runId": run.id})
    assert Path(opened["folder"]).is_relative_to(tmp_path / "data")
    assert (Path(opened["folder"]) / "train.py").read_text() == "rate = 2\n"
    (listed,) = (await client.request("tunesmith/code/list", {}))["folders"]
    assert (listed["runId"], listed["changed"]) == (run.id, False)
    (Path(opened["folder"]) / "train.py").write_text("rate = 3\n")
    (listed,) = (await client.request("tunesmith/code/list", {}))["folders"]
    assert listed["changed"]
    assert (await client.request("tunesmith/code/remove", {"runIds": [run.id]}))["runIds"] == [run.id]
    assert not await asyncio.to_thread(Path(opened["folder"]).exists)
    assert git(top, "worktree", "list").count("\n") == 0


async def test_a_run_whose_recipe_is_elsewhere_or_gone_is_not_repeated(
    client: DaemonClient, run: RunFolder, top: Path, tmp_path: Path
) -> None:
    (top / "tiny.train.yaml").unlink()
    with pytest.raises(ErrorReply, match=r"is gone\. Train .* again as it was"):
        await client.request("tunesmith/runs/again", {"runId": run.id})
    outside = write_recipe(tmp_path)
    for name in (str(outside), "tiny.train.yaml"):
        spec = run.spec.read_text().replace(str(top / "tiny.train.yaml"), name)
        run.spec.write_text(spec)
        with pytest.raises(ErrorReply, match="in none of the open folders"):
            await client.request("tunesmith/runs/again", {"runId": run.id, "asItWas": True})
        run.spec.write_text(spec.replace(name, str(top / "tiny.train.yaml")))


async def test_a_run_is_trained_again_as_it_was_and_as_things_are_today(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "train.py").write_text("import time\ntime.sleep(600)\n")
    recipe = tmp_path / "own.train.yaml"
    recipe.write_text("script: train.py\nargs: {rate: 1}\n")
    run = ended_run(recipe)
    recipe.write_text("script: train.py\nargs: {rate: 2}\n")
    python = str(training_interpreter().path)
    async with daemon(tmp_path, trusted=True, trainingInterpreter=python) as client:
        for as_it_was, rate in ((True, 1), (False, 2)):
            asked = {"runId": run.id, "asItWas": as_it_was}
            started = (await client.request("tunesmith/runs/again", asked))["run"]
            again = RunFolder(Path(started["folder"]))
            end(again)
            assert (started["parent"], started["recipe"]) == (run.id, str(recipe))
            config = record(again.spec)["config"]
            assert config == {"script": str(tmp_path / "train.py"), "module": None, "args": {"rate": rate}}
            assert f"rate: {rate}" in again.recipe.read_text()


async def test_nothing_is_changed_in_a_folder_that_is_not_trusted(run: RunFolder, top: Path) -> None:
    async with daemon(top, trusted=False) as client:
        for method, params in WRITING:
            assert method in METHODS
            given = {**params, **({"runId": run.id} if "runId" in params else {})}
            given |= {"runIds": [run.id]} if "runIds" in params else {}
            with pytest.raises(ErrorReply, match="not trusted"):
                await client.request(method, given)
        assert "Recipe" in (await client.request("tunesmith/runs/document", {"runId": run.id}))["text"]
        assert (await client.request("tunesmith/trash/list", {}))["runs"] == []
    assert not run.note.exists()


async def test_runs_that_a_link_leads_to_are_none_of_the_workspace(
    run: RunFolder, top: Path, tmp_path: Path
) -> None:
    inner = tmp_path / "opened"
    (inner / ".tunesmith").mkdir(parents=True)
    (inner / ".tunesmith" / "runs").symlink_to(run.path.parent)
    async with daemon(inner, trusted=True) as client:
        reply = await client.request("tunesmith/runs/delete", {"runIds": [run.id]})
        assert reply["runIds"] == []
        with pytest.raises(ErrorReply, match="There is no run"):
            await client.request("tunesmith/runs/annotate", {"runId": run.id, "note": "x"})
        assert (await client.request("tunesmith/trash/empty", {}))["runs"] == 0
    assert run.path.is_dir()
