"""Four runs, or as many as are asked for, that log like a trainer: PROJECT RUNS STEPS_PER_SECOND.

Ends when stdin is closed. Prints one JSON line an event: run, step, and the time just before it was written.
"""

from __future__ import annotations

import json
import math
import os
import select
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "python"))

from event_bytes import NAME, append, events_folder, header, scalar
from tunesmith.core import locks
from tunesmith.core.files import append_json, write_json
from tunesmith.core.layout import RunFolder, runs_home
from tunesmith.core.spec import Launch, RunSpec

TOTAL = 100_000


class Stream:
    """One run: complete on disk, alive by its locks, with a loss that falls."""

    def __init__(self, project: Path, number: int) -> None:
        self.run = RunFolder(runs_home(project) / f"20260101-00000{number}-bbb{number}")
        self.number = number
        self.step = 0
        attempt = self.run.attempt(1)
        self.events = events_folder(self.run.path) / NAME
        launch = Launch((sys.executable,), {}, str(project))
        recipe = str(project / "bench.train.yaml")
        name, created = f"stream-{number}", time.time() + number
        spec = RunSpec(
            self.run.id, name, recipe, "train", {}, launch, sys.executable, 1, created, "0", parent=None
        )
        self.run.spec.write_text(spec.to_json(), encoding="utf-8")
        self.run.recipe.write_text("task: text-classification\n", encoding="utf-8")
        write_json(attempt.started, {"time": created, "pid": os.getpid(), "argv": []})
        self.progress = os.open(self.run.progress, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
        locks.take_shared(self.run.lock)
        locks.take_exclusive(self.run.supervisor_lock)
        append(self.events, header(created))

    def log_step(self) -> None:
        """Four scalars in one step and a line of progress, as the trainer writes them."""
        self.step += 1
        loss = 2 * math.exp(-self.step / 300) + 0.05 * math.sin(self.step * (1 + self.number))
        now = time.time()
        append(self.events, scalar("train/loss", self.step, loss, now))
        print(json.dumps({"run": self.run.id, "step": self.step, "at": now * 1000}), flush=True)
        for tag, value in (("grad_norm", 1.0), ("learning_rate", 5e-5), ("epoch", self.step / 500)):
            append(self.events, scalar(f"train/{tag}", self.step, value, now))
        about = {"time": now, "attempt": 1, "phase": "training", "step": self.step, "total_steps": TOTAL}
        append_json(self.progress, {**about, "loss": loss})


def main(project: Path, count: int, rate: float) -> None:
    streams = [Stream(project, number) for number in range(count)]
    due = time.monotonic()
    while True:
        for stream in streams:
            due += 1 / rate / count
            if select.select([0], [], [], max(0.0, due - time.monotonic()))[0]:
                return
            stream.log_step()


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]))
