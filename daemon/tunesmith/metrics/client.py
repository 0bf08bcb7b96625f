"""The daemon's end of the metrics process: starts it when it is first needed, and again after a crash."""

from __future__ import annotations

import asyncio
import itertools
import logging
import os
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec

from tunesmith.metrics.messages import (
    LENGTH,
    Answer,
    Delta,
    Request,
    Snapshot,
    Subscribe,
    Unsubscribe,
    body_length,
    framed,
)

# -P: a file of the workspace that is named like a module of ours is not imported in its place.
COMMAND = (sys.executable, "-P", "-m", "tunesmith.metrics")
MOST_CRASHES = 3
CRASH_WINDOW = 30.0
"""Seconds. After MOST_CRASHES in this time the process is not started again until it has passed."""

log = logging.getLogger(__name__)
_decoder = msgspec.msgpack.Decoder(Answer)


class MetricsUnavailable(Exception):
    """The metrics process cannot be started, or keeps ending."""


class MetricsClient:
    """Snapshots on request, deltas to `deliver`. After a crash each subscribed run gets one with `resync`.

    The deltas that come after a snapshot are held until `follow`, so that none overtakes it on its way.
    """

    def __init__(self, deliver: Callable[[Delta], None], command: Sequence[str] = COMMAND) -> None:
        self._deliver = deliver
        self._command = command
        self._process: asyncio.subprocess.Process | None = None
        self._reading: asyncio.Task[None] | None = None
        self._starting = asyncio.Lock()
        self._ids = itertools.count(1)
        self._waiting: dict[int, asyncio.Future[Snapshot]] = {}
        self._subscribed: set[str] = set()
        self._held: dict[str, list[Delta]] = {}
        self._crashes: list[float] = []
        self._closed = False

    @property
    def pid(self) -> int | None:
        """The process, while it runs."""
        return None if self._process is None else self._process.pid

    async def subscribe(self, run_id: str, folder: Path, max_points: int) -> Snapshot:
        """The history of the run in `folder`; what comes later is delivered. Raises MetricsUnavailable."""
        while True:
            process = await self._running()
            number = next(self._ids)
            snapshot = asyncio.get_running_loop().create_future()
            self._waiting[number] = snapshot
            try:
                self._send(process, Subscribe(number, run_id, str(folder), max_points))
                answer = await snapshot
            except ConnectionError:
                # It crashed under the request: the next round starts it again, or says that it crashes.
                continue
            except asyncio.CancelledError:
                self.unsubscribe(run_id)
                raise
            finally:
                self._waiting.pop(number, None)
            return answer

    def follow(self, run_id: str) -> None:
        """Deliver the deltas of `run_id`: those that were held, and from now on each as it comes."""
        for delta in self._held.pop(run_id, []):
            self._deliver(delta)

    def unsubscribe(self, run_id: str) -> None:
        """Deliver nothing more of `run_id`."""
        self._subscribed.discard(run_id)
        self._held.pop(run_id, None)
        if self._process is not None and not _is_closing(self._process):
            self._send(self._process, Unsubscribe(run_id))

    async def close(self) -> None:
        """End the process: it goes when its stdin is closed."""
        self._closed = True
        if self._process is not None and self._process.stdin is not None:
            self._process.stdin.close()
        if self._reading is not None:
            await self._reading

    async def _running(self) -> asyncio.subprocess.Process:
        async with self._starting:
            if self._process is not None and self._reading is not None and _is_closing(self._process):
                # It has ended, and that is not noticed yet. Asking it again without a pause would keep it so.
                await asyncio.shield(self._reading)
            if self._closed:
                raise MetricsUnavailable("The daemon is shutting down.")
            if self._process is None:
                self._refuse_crash_loop()
                self._process = await self._start()
                self._reading = asyncio.create_task(self._read(self._process))
            return self._process

    async def _start(self) -> asyncio.subprocess.Process:
        # numpy's threads cost memory and are of no use here.
        environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
        try:
            return await asyncio.create_subprocess_exec(
                *self._command,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                limit=1 << 20,
                env=environment,
            )
        except OSError as error:
            raise MetricsUnavailable(
                f"The metrics process cannot be started ({self._command[0]}): {error.strerror}"
            ) from error

    def _refuse_crash_loop(self) -> None:
        now = time.monotonic()
        self._crashes = [at for at in self._crashes if now - at < CRASH_WINDOW]
        if len(self._crashes) >= MOST_CRASHES:
            raise MetricsUnavailable(
                f"The metrics process ended {len(self._crashes)} times in {CRASH_WINDOW:.0f} s: charts stand "
                "still. The log of the daemon says why; open the charts again to try once more."
            )

    def _send(self, process: asyncio.subprocess.Process, request: Request) -> None:
        if process.stdin is None or _is_closing(process):
            raise ConnectionResetError("the metrics process has ended")
        process.stdin.write(framed(request))

    async def _read(self, process: asyncio.subprocess.Process) -> None:
        stream = process.stdout
        assert stream is not None
        try:
            while True:
                length = body_length(await stream.readexactly(LENGTH.size))
                self._take(_decoder.decode(await stream.readexactly(length)))
        except asyncio.IncompleteReadError:
            pass
        except (msgspec.DecodeError, ValueError) as error:
            log.error("the metrics process sent something unreadable and is stopped: %s", error)
            process.kill()
        code = await process.wait()
        self._process = None
        if not self._closed:
            self._crashed(code)

    def _take(self, answer: Answer) -> None:
        if isinstance(answer, Delta):
            if answer.run_id in self._subscribed:
                self._pass_on(answer)
            return
        snapshot = self._waiting.get(answer.id)
        if snapshot is not None and not snapshot.done():
            self._subscribed.add(answer.run_id)
            self._held[answer.run_id] = []
            snapshot.set_result(answer)

    def _pass_on(self, delta: Delta) -> None:
        held = self._held.get(delta.run_id)
        if held is None:
            self._deliver(delta)
        else:
            held.append(delta)

    def _crashed(self, code: int) -> None:
        log.error("the metrics process ended with code %s; the runs that are shown are read again", code)
        self._crashes.append(time.monotonic())
        for snapshot in self._waiting.values():
            if not snapshot.done():
                snapshot.set_exception(ConnectionResetError("the metrics process has ended"))
        lost, self._subscribed = self._subscribed, set()
        for run_id in sorted(lost):
            self._pass_on(Delta(run_id, resync=True))


def _is_closing(process: asyncio.subprocess.Process) -> bool:
    return process.stdin is None or process.stdin.is_closing()
