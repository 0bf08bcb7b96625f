"""Metrics as a client of the daemon sees them."""

from __future__ import annotations

import base64
import os
import select
import signal
import struct
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from daemon_client import DaemonClient, ErrorReply, daemon
from event_bytes import NAME, append, events_folder, header, scalar

needs_proc = pytest.mark.skipif(sys.platform != "linux", reason="finds the process by /proc")

RUN = "20260101-120000-abcd"
SUBSCRIBE, DELTA = "tunesmith/metrics/subscribe", "tunesmith/metrics/delta"


@pytest.fixture
def run(tmp_path: Path) -> Path:
    run = tmp_path / "project" / ".tunesmith" / "runs" / RUN
    append(events_folder(run) / NAME, header() + scalar("train/loss", 1, 0.5, 7.0))
    return run


@pytest_asyncio.fixture
async def client(tmp_path: Path, run: Path) -> AsyncIterator[DaemonClient]:
    async with daemon(tmp_path) as client:
        yield client


async def test_history_then_deltas(client: DaemonClient, run: Path) -> None:
    snapshot = await client.request(SUBSCRIBE, {"runId": RUN})
    series = {"tag": "train/loss", "steps": column(1), "values": column(0.5), "wallTimes": column(7.0)}
    assert snapshot == {"runId": RUN, "series": [series], "totalPoints": 1, "warnings": []}
    append(events_folder(run) / NAME, scalar("train/loss", 2, 0.25, 8.0))
    delta = await client.next(DELTA)
    series = {"tag": "train/loss", "steps": column(2), "values": column(0.25), "wallTimes": column(8.0)}
    assert delta == {"runId": RUN, "series": [series], "resync": False, "warnings": []}


async def test_values_that_are_not_finite_arrive_as_such(client: DaemonClient, run: Path) -> None:
    values = [1.0, float("nan"), float("inf"), float("-inf")]
    append(events_folder(run) / NAME, b"".join(scalar("x", step, value) for step, value in enumerate(values)))
    snapshot = await client.request(SUBSCRIBE, {"runId": RUN})
    (series,) = [series for series in snapshot["series"] if series["tag"] == "x"]
    assert series["values"] == column(*values)


async def test_steps_past_2_to_the_32_are_exact(client: DaemonClient, run: Path) -> None:
    steps = [2**40 + 1, 2**53 - 1, 2**53]
    append(events_folder(run) / NAME, b"".join(scalar("x", step, 0.5) for step in steps))
    snapshot = await client.request(SUBSCRIBE, {"runId": RUN})
    (series,) = [series for series in snapshot["series"] if series["tag"] == "x"]
    assert series["steps"] == column(*steps)


async def test_no_delta_overtakes_the_snapshot(client: DaemonClient, run: Path) -> None:
    for step in range(2, 40):
        client.order.clear()
        append(events_folder(run) / NAME, scalar("train/loss", step, 0.5))
        await client.request(SUBSCRIBE, {"runId": RUN})
        replied = client.order.index("reply")
        assert DELTA not in client.order[:replied]
        await client.request("tunesmith/metrics/unsubscribe", {"runId": RUN})


async def test_only_ids_of_runs_are_taken(client: DaemonClient) -> None:
    for run_id in ("20260101-120000-none", f"../runs/{RUN}", f"./{RUN}", "", "..", "/etc", f"{RUN}/"):
        with pytest.raises(ErrorReply, match="There is no run"):
            await client.request(SUBSCRIBE, {"runId": run_id})


async def test_a_link_out_of_the_runs_folder_is_not_followed(
    client: DaemonClient, run: Path, tmp_path: Path
) -> None:
    append(events_folder(tmp_path / "outside") / NAME, header() + scalar("secret", 1, 0.5))
    (run.parent / "20260101-120000-link").symlink_to(tmp_path / "outside")
    with pytest.raises(ErrorReply, match="There is no run"):
        await client.request(SUBSCRIBE, {"runId": "20260101-120000-link"})


async def test_wrong_parameters_are_refused(client: DaemonClient) -> None:
    with pytest.raises(ErrorReply, match="runId") as refused:
        await client.request(SUBSCRIBE, {"id": RUN})
    assert refused.value.code == -32602


@needs_proc
async def test_a_killed_metrics_process_costs_a_resync_and_nothing_else(
    client: DaemonClient, run: Path
) -> None:
    await client.request(SUBSCRIBE, {"runId": RUN})
    (metrics,) = children(client.process.pid)
    os.kill(metrics, signal.SIGKILL)
    assert (await client.next(DELTA))["resync"]
    append(events_folder(run) / NAME, scalar("train/loss", 2, 0.25))
    snapshot = await client.request(SUBSCRIBE, {"runId": RUN})
    assert snapshot["series"][0]["steps"] == column(1, 2)


@needs_proc
async def test_the_metrics_process_goes_with_a_killed_daemon(client: DaemonClient, run: Path) -> None:
    await client.request(SUBSCRIBE, {"runId": RUN})
    (metrics,) = children(client.process.pid)
    ended = os.pidfd_open(metrics)
    client.process.kill()
    await client.process.wait()
    assert signalled(ended)


def column(*numbers: float) -> str:
    return base64.b64encode(struct.pack(f"<{len(numbers)}d", *numbers)).decode()


def children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def signalled(pidfd: int) -> bool:
    """True once the process behind `pidfd` has ended; False when it has not within a minute."""
    try:
        return bool(select.select([pidfd], [], [], 60.0)[0])
    finally:
        os.close(pidfd)
