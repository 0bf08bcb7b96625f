"""Runs as a client of the daemon sees them."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from daemon_client import DaemonClient, ErrorReply, daemon
from process_scan import living
from training import end, write_recipe
from tunesmith.core import locks
from tunesmith.core.files import read_json, write_json
from tunesmith.core.layout import RunFolder, runs_home
from tunesmith.core.spec import Launch, RunSpec
from tunesmith.facts.interpreter import Interpreter
from tunesmith.runs import control, launch, store
from tunesmith.runs.runtime_copy import runtime_copy
from tunesmith.supervise.attempt import NEVER_LAUNCHED
from waiting import until

START, LIST, STOP = "tunesmith/runs/start", "tunesmith/runs/list", "tunesmith/runs/stop"
CHANGED = "tunesmith/runs/changed"
# A rank without a training: it waits for a request to stop and says that it heard it.
RANK = """
import os, sys, time
from pathlib import Path
from tunesmith.core import locks
from tunesmith.core.files import write_json
from tunesmith.core.layout import RunFolder
run = RunFolder(Path(sys.argv[1]))
locks.take_shared(run.lock)
write_json(run.attempt(1).rank_record(0), {"pid": os.getpid(), "world_size": 1})
while not run.attempt(1).stop_request.exists():
    time.sleep(0.05)
write_json(run.attempt(1).rank_end(0), {"outcome": "stopped"})
"""


@pytest_asyncio.fixture
async def client(workspace: Path, trainer: Interpreter) -> AsyncIterator[DaemonClient]:
    async with daemon(workspace, trusted=True, trainingInterpreter=str(trainer.path)) as client:
        yield client


async def changed(client: DaemonClient, run_id: str, **wanted: Any) -> dict[str, Any]:
    """The run as soon as a notification shows it like this."""
    while True:
        for run in (await client.next(CHANGED))["runs"]:
            if run["id"] == run_id and wanted.items() <= run.items():
                return run


def make_run(folder: Path, created: float) -> RunFolder:
    run = RunFolder(runs_home(folder) / "20260101-120000-abcd")
    for place in run.attempt(1).folders:
        place.mkdir(parents=True)
    inner = Launch((sys.executable, "-c", RANK, str(run.path)), {"TUNESMITH_RUN": run.id}, str(folder))
    spec = RunSpec(run.id, "tiny", str(folder / "t"), "train", {}, inner, sys.executable, 1, created, "0")
    run.spec.write_text(spec.to_json())
    return run


def start_waiting_run(folder: Path) -> RunFolder:
    run = make_run(folder, time.time())
    control.start_supervisor(launch.supervisor(Path(sys.executable), runtime_copy(), run, 1), run.attempt(1))
    control.wait_for_start(run.attempt(1))
    return run


async def test_errors_refuse_a_start_and_come_back_with_their_places(
    client: DaemonClient, workspace: Path
) -> None:
    recipe = write_recipe(workspace, more="learning_rte: 0.1")
    reply = await client.request(START, {"recipe": str(recipe)})
    assert reply["run"] is None
    (problem,) = reply["problems"]
    line = next(i for i, text in enumerate(recipe.read_text().splitlines(), 1) if "learning_rte" in text)
    assert (problem["line"], problem["column"], problem["severity"]) == (line, 3, "error")
    assert "learning_rte" in problem["message"]


async def test_a_run_is_told_of_stopped_and_listed(client: DaemonClient, workspace: Path) -> None:
    run = start_waiting_run(workspace)
    told = await changed(client, run.id, state="running", worldSize=1)
    assert (told["name"], told["supervised"], told["folder"]) == ("tiny", True, str(run.path))
    reply = await client.request(STOP, {"runId": run.id})
    assert reply["id"] == run.id
    await changed(client, run.id, state="ended", cause="stopped")
    assert (read_json(run.attempt(1).stop_request) or {})["by"] == "Stop in the editor"
    listed = await client.request(LIST, {"folders": [str(workspace)]})
    assert [(one["id"], one["cause"]) for one in listed["runs"]] == [(run.id, "stopped")]
    assert living(run) == set()


async def test_a_run_without_a_supervisor_gets_one(client: DaemonClient, workspace: Path) -> None:
    run = start_waiting_run(workspace)
    told = await changed(client, run.id, state="running")
    end_supervisor(run)
    await changed(client, run.id, supervised=False)
    await changed(client, run.id, supervised=True)
    assert told["state"] == "running"
    end(run)


async def test_a_run_that_nobody_will_launch_any_more_is_concluded(
    client: DaemonClient, workspace: Path
) -> None:
    run = make_run(workspace, time.time() - store.ABANDONED - 1)
    told = await changed(client, run.id, state="ended", cause="launch-failed")
    assert told["message"] == NEVER_LAUNCHED


async def test_a_run_outlives_the_daemon_and_is_found_by_the_next(
    workspace: Path, trainer: Interpreter
) -> None:
    async with daemon(workspace, trusted=True) as first:
        run = start_waiting_run(workspace)
        await changed(first, run.id, state="running")
        first.process.kill()
        await first.process.wait()
    async with daemon(workspace, trusted=True) as second:
        await changed(second, run.id, state="running", supervised=True)
        await second.request(STOP, {"runId": run.id})
        await changed(second, run.id, state="ended", cause="stopped")


async def test_two_daemons_on_one_folder(workspace: Path, trainer: Interpreter) -> None:
    """Two windows: both show the same, and one of them gives the run its next supervisor."""
    async with daemon(workspace, trusted=True) as one, daemon(workspace, trusted=True) as two:
        run = start_waiting_run(workspace)
        for client in (one, two):
            await changed(client, run.id, state="running", supervised=True)
        before = locks.holder(run.supervisor_lock)
        end_supervisor(run)
        until("another one has it", lambda: locks.holder(run.supervisor_lock) not in (None, before))
        for client in (one, two):
            (listed,) = (await client.request(LIST, {"folders": [str(workspace)]}))["runs"]
            assert (listed["state"], listed["supervised"]) == ("running", True)
        await one.request(STOP, {"runId": run.id})
        await two.request(STOP, {"runId": run.id})
        for client in (one, two):
            await changed(client, run.id, state="ended", cause="stopped")
    assert run.attempt(1).supervisor_log.read_text().count(" adopted") == 1
    assert living(run) == set()


async def test_nothing_is_started_or_adopted_in_a_folder_that_is_not_trusted(
    workspace: Path, trainer: Interpreter
) -> None:
    recipe = write_recipe(workspace)
    run = RunFolder(runs_home(workspace) / "20260101-120000-abcd")
    run.attempt(1).rank_end(0).parent.mkdir(parents=True)
    launch_evil = Launch(("touch", str(workspace / "evil")), {}, str(workspace))
    spec = RunSpec(
        run.id, "evil", str(recipe), "train", {}, launch_evil, str(workspace / "python"), 1, 0.0, "0"
    )
    run.spec.write_text(spec.to_json())
    write_json(run.attempt(1).started, {})
    write_json(run.attempt(1).rank_end(0), {"outcome": "finished"})
    async with daemon(workspace, trusted=False, trainingInterpreter=str(trainer.path)) as client:
        await changed(client, run.id, state="lost")
        for method, params in ((START, {"recipe": str(recipe)}), (STOP, {"runId": run.id})):
            with pytest.raises(ErrorReply, match="not trusted"):
                await client.request(method, params)
    assert not run.attempt(1).exit.exists()
    assert not (workspace / "evil").exists()


@pytest.mark.parametrize("run_id", ["20990101-000000-ffff", "../../etc", "", "/etc"])
async def test_a_run_is_named_by_its_id_alone(client: DaemonClient, run_id: str) -> None:
    with pytest.raises(ErrorReply, match="There is no run"):
        await client.request(STOP, {"runId": run_id})


async def test_a_recipe_outside_the_workspace_is_not_started(
    client: DaemonClient, tmp_path_factory: pytest.TempPathFactory
) -> None:
    outside = write_recipe(tmp_path_factory.mktemp("elsewhere"))
    with pytest.raises(ErrorReply, match="none of the open folders"):
        await client.request(START, {"recipe": str(outside)})
    listed = await client.request(LIST, {"folders": [str(outside.parent), "/"]})
    assert listed["runs"] == []


def end_supervisor(run: RunFolder) -> None:
    supervisor = locks.holder(run.supervisor_lock)
    assert supervisor is not None
    os.kill(supervisor, signal.SIGKILL)
