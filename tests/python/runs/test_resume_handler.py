"""Checkpoints and resuming as a client of the daemon sees them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from checkpoints import make_run, save, spec_of
from daemon_client import ErrorReply, daemon
from tunesmith.core.layout import RunFolder

CHECKPOINTS, RESUME = "tunesmith/runs/checkpoints", "tunesmith/runs/resume"


@pytest.fixture
def run(tmp_path: Path) -> RunFolder:
    run = make_run(tmp_path)
    save(run, 4)
    (save(run, 8) / "optimizer.pt").write_bytes(b"PK")
    return run


async def test_whole_checkpoints_are_offered_also_where_nothing_is_trusted(
    tmp_path: Path, run: RunFolder
) -> None:
    async with daemon(tmp_path, trusted=False) as client:
        found = await client.request(CHECKPOINTS, {"runId": run.id})
        (offered,) = found["checkpoints"]
        assert (offered["name"], offered["step"], offered["steps"]) == ("checkpoints/checkpoint-4", 4, 100)
        assert (offered["label"], offered["reason"], offered["epoch"]) == ("exact", None, 0.4)
        assert found["torn"] == ["checkpoints/checkpoint-8"]
        with pytest.raises(ErrorReply, match="not trusted"):
            await client.request(RESUME, {"runId": run.id})


async def test_what_keeps_a_run_from_being_resumed_is_said(tmp_path: Path, run: RunFolder) -> None:
    run.spec.write_text(replace(spec_of(run), interpreter="/nowhere/bin/python").to_json())
    async with daemon(tmp_path, trusted=True) as client:
        with pytest.raises(ErrorReply, match=r"/nowhere/bin/python .* is not there any more"):
            await client.request(RESUME, {"runId": run.id})
        with pytest.raises(ErrorReply, match="is torn"):
            await client.request(RESUME, {"runId": run.id, "checkpoint": "checkpoints/checkpoint-8"})
        with pytest.raises(ErrorReply, match="There is no run"):
            await client.request(RESUME, {"runId": "20990101-000000-0000"})
    assert len(list(run.attempts.iterdir())) == 1
