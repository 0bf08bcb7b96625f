"""A rank answers only who could have put the file there: its own user, now, for this rank."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from debug_run import SmallRun
from tunesmith.runtime.debug import read_private
from waiting import until


@pytest.fixture
def held(start_run: Callable[..., SmallRun]) -> Iterator[SmallRun]:
    """A run whose rank 0 is held by this process, as a debug adapter holds it."""
    run = start_run()
    run.attempt.debug_lock(0).parent.mkdir(mode=0o700)
    with open(run.attempt.debug_lock(0), "w") as lock:
        fcntl.lockf(lock, fcntl.LOCK_EX)
        yield run


def plant(run: SmallRun, mode: int = 0o600, **asked: object) -> Path:
    path = run.attempt.debug_endpoint(0)
    right = {"run": run.folder.id, "rank": 0, "port": 1, "id": os.urandom(4).hex(), "adapter": os.getpid()}
    path.write_text(json.dumps({**right, **asked}))
    path.chmod(mode)
    return path


def said(run: SmallRun) -> str:
    return run.attempt.rank_log(0).read_text(encoding="utf-8")


def test_the_file_of_another_rank_is_not_answered(held: SmallRun) -> None:
    plant(held, rank=1)
    until("a word about it", lambda: "is meant for another rank" in said(held))
    assert "Refused" not in said(held)


def test_a_port_where_nobody_listens_is_told_each_time_and_training_goes_on(held: SmallRun) -> None:
    refused = "no debugger: ConnectionRefusedError"
    for times in (1, 2):
        plant(held)
        until("a word about it", lambda times=times: said(held).count(refused) == times)
    until("a step without a tracer", lambda: not held.wait_for_steps(1)[-1]["traced"])


def test_what_a_dead_adapter_left_is_not_answered(held: SmallRun) -> None:
    plant(held, adapter=held.ranks[0].pid)
    held.wait_for_steps(2000)
    assert said(held) == ""


@pytest.mark.parametrize("mode", [0o644, 0o660, 0o606])
def test_a_file_that_others_can_reach_is_not_read(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "endpoint.json"
    path.write_text("{}")
    path.chmod(mode)
    assert read_private(path) is None


def test_a_link_a_pipe_and_a_torn_file_are_not_read(tmp_path: Path) -> None:
    own = tmp_path / "own.json"
    own.write_text('{"a": 1}')
    own.chmod(0o600)
    (tmp_path / "link").symlink_to(own)
    os.mkfifo(tmp_path / "pipe", 0o600)
    (tmp_path / "torn").touch(0o600)
    (tmp_path / "torn").write_text('{"a":')
    assert read_private(own) == {"a": 1}
    assert [read_private(tmp_path / name) for name in ("link", "pipe", "torn", "absent")] == [None] * 4
