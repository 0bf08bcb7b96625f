"""Runs that have ended, all with the same long event file: PROJECT RUNS POINTS TAGS. Prints their ids."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import write_log
from event_bytes import NAME
from tunesmith.core.files import write_json
from tunesmith.core.layout import RunFolder, runs_home
from tunesmith.core.spec import Launch, RunSpec


def main(project: Path, count: int, points: int, tags: int) -> None:
    log: Path | None = None
    for number in range(count):
        run = RunFolder(runs_home(project) / f"20260102-0000{number:02d}-eee{number % 10}")
        attempt = run.attempt(1)
        attempt.events.mkdir(parents=True)
        if log is None:
            write_log.main(str(attempt.events), points, tags)
            log = attempt.events / NAME
        else:
            os.link(log, attempt.events / NAME)
        describe(run, project, number)
        print(run.id, flush=True)


def describe(run: RunFolder, project: Path, number: int) -> None:
    attempt = run.attempt(1)
    created = time.time() + number
    launch = Launch((sys.executable,), {}, str(project))
    recipe = str(project / "bench.train.yaml")
    spec = RunSpec(
        run.id, f"ended-{number}", recipe, "train", {}, launch, sys.executable, 1, created, "0", parent=None
    )
    run.spec.write_text(spec.to_json(), encoding="utf-8")
    run.recipe.write_text("task: text-classification\n", encoding="utf-8")
    write_json(attempt.started, {"time": created, "pid": 1, "argv": []})
    write_json(attempt.exit, {"time": created + 1, "code": 0, "cause": "finished"})


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]))
