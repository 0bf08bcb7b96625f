"""Sampling what the ranks use, every few seconds while an attempt lives.

In a thread, because a driver that hangs must not keep the supervisor from its work. It takes a thousandth of
a core: where a look is dear (many processes, large ones) there are fewer of them.
"""

from __future__ import annotations

import threading
import time
import traceback
from collections.abc import Mapping
from dataclasses import asdict

from tunesmith.core.event_writer import EventWriter
from tunesmith.core.files import last_objects, write_passing
from tunesmith.core.layout import AttemptFolder, RunFolder
from tunesmith.supervise import nvml
from tunesmith.supervise.rank_records import pids_here
from tunesmith.supervise.resources import Meter, Use, scalars
from tunesmith.supervise.say import say

EVERY = 5.0
"""Seconds between two looks."""
AT_FIRST = 1.0
"""The same before the first share of a core is known, which takes two looks."""
SHARE = 0.001
"""How much of a core may go into looking."""


class Sampler:
    """Puts the latest look into `resources.json`, and one a step at most into the run's event files.

    A point needs a step, and a second one at the same step would replace it: so the time before the first
    step, and whatever goes on during a long one, is only in `resources.json`.
    """

    def __init__(self, run: RunFolder, attempt: AttemptFolder) -> None:
        self._run = run
        self._attempt = attempt
        self._events = EventWriter(attempt.events / "resources")
        self._step = 0
        self._complained = False

    def sample(self, meter: Meter) -> dict[int, Use]:
        """Look once, and write it down."""
        uses = meter.read(pids_here(self._attempt))
        if uses:
            self._write_latest(uses)
            self._write_events(uses)
        return uses

    def _write_latest(self, uses: Mapping[int, Use]) -> None:
        ranks = {str(rank): asdict(use) for rank, use in uses.items()}
        try:
            write_passing(self._attempt.resources, {"time": time.time(), "ranks": ranks})
        except OSError as error:
            if not self._complained:
                self._complained = True
                say(f"what the ranks use cannot be written: {error}")

    def _write_events(self, uses: Mapping[int, Use]) -> None:
        number = self._attempt.number
        lines = [line for line in last_objects(self._run.progress, 4096) if line.get("attempt") == number]
        step = int(lines[-1].get("step", 0)) if lines else 0
        if step > self._step:
            self._step = step
            self._events.add(scalars(uses), step)

    def close(self) -> None:
        self._events.close()


class Sampling:
    """`with Sampling(run, attempt):` samples until the end of the block."""

    def __init__(self, run: RunFolder, attempt: AttemptFolder) -> None:
        self._sampler = Sampler(run, attempt)
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._work, name="resources", daemon=True)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join(1.0)

    def _work(self) -> None:
        try:
            driver = nvml.connect()
            meter = Meter() if driver is None else Meter(gpus=driver.use)
            pause = AT_FIRST
            while not self._over.wait(pause):
                pause = self._look(meter)
        except Exception:  # noqa: BLE001 - whatever is wrong with these figures, the run keeps its supervisor
            say(f"what the ranks use is not told any more:\n{traceback.format_exc()}")
        finally:
            self._sampler.close()

    def _look(self, meter: Meter) -> float:
        """Sample once; how long to wait for the next time."""
        begun = time.thread_time()
        uses = self._sampler.sample(meter)
        settled = uses and all(use.cpu_percent is not None for use in uses.values())
        return max(EVERY if settled else AT_FIRST, (time.thread_time() - begun) / SHARE)
