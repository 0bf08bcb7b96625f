"""Many runs in one folder, some of them alive: PROJECT RUNS ALIVE.

Each living one is a small process that holds the run's locks and writes a line of progress a second, as a
training with steps of a second does. Prints the number of runs when all are there; ends when stdin is closed.
"""

from __future__ import annotations

import os
import select
import sys
import time
from pathlib import Path

from tunesmith.core import locks
from tunesmith.core.files import append_json, write_json, write_passing
from tunesmith.core.layout import AttemptFolder, RunFolder, runs_home
from tunesmith.core.spec import Launch, RunSpec

RECIPES = ("sentiment", "support-chat", "digits", "summaries", "ranker")
RANKS = 2
TOTAL = 2000
LINES = 400
"""Of progress in a run that has ended: more than what is read of it."""
DAY = 86400.0


def main(project: Path, count: int, alive: int) -> None:
    now = time.time()
    runs = [describe(project, number, count, now) for number in range(count)]
    for number, run in enumerate(runs[:-alive] if alive else runs):
        end(run, number)
    reader, writer = os.pipe()
    for run in runs[-alive:] if alive else []:
        if os.fork() == 0:
            os.close(writer)
            live(run, reader)
            os._exit(0)
    print(count, flush=True)
    sys.stdin.read()


def describe(project: Path, number: int, count: int, now: float) -> RunFolder:
    """A complete folder of a run that was started; the last ones were started just now."""
    run = RunFolder(runs_home(project) / f"20260102-{number // 60:04d}{number % 60:02d}-{number:04x}")
    attempt = run.attempt(1)
    for folder in attempt.folders:
        folder.mkdir(parents=True)
    name = RECIPES[number % len(RECIPES)]
    recipe = project / f"{name}.train.yaml"
    recipe.write_text("script: train.py\n", encoding="utf-8")
    created = now - (count - number) / count * 3 * DAY
    argv = (sys.executable, "-m", "tunesmith.runtime", str(run.path))
    launch = Launch(argv, {"OMP_NUM_THREADS": "1"}, str(project))
    config = {"train": {"learning_rate": 5e-5, "num_train_epochs": 3, "per_device_train_batch_size": 16}}
    spec = RunSpec(run.id, name, str(recipe), "train", config, launch, sys.executable, RANKS, created, "0")
    run.spec.write_text(spec.to_json(), encoding="utf-8")
    run.recipe.write_text("script: train.py\n", encoding="utf-8")
    write_json(attempt.started, {"time": created, "pid": os.getpid(), "argv": []})
    for rank in range(RANKS):
        write_json(attempt.rank_record(rank), {"pid": os.getpid(), "world_size": RANKS})
        attempt.rank_log(rank).write_text("loading\n", encoding="utf-8")
    return run


def end(run: RunFolder, number: int) -> None:
    """Finished, or, every tenth, failed with a traceback of rank 1."""
    attempt = run.attempt(1)
    with open(run.progress, "ab") as file:
        for step in range(1, LINES + 1):
            append_json(file.fileno(), line(step * TOTAL // LINES, step))
    failed = number % 10 == 0
    for rank in range(RANKS):
        if failed and rank == 1:
            write_json(
                attempt.rank_error(1), {"type": "ValueError", "message": "bad", "traceback": "Traceback"}
            )
        else:
            write_json(attempt.rank_end(rank), {"time": time.time(), "outcome": "finished"})
    about = {"cause": "failed", "code": 1, "rank": 1, "message": "ValueError: bad"}
    write_json(attempt.exit, {"time": time.time(), **(about if failed else {"cause": "finished", "code": 0})})


def live(run: RunFolder, over: int) -> None:
    """Hold the locks and take a step a second until the other end of `over` is closed."""
    attempt = run.attempt(1)
    for rank in range(RANKS):
        write_json(attempt.rank_record(rank), {"pid": os.getpid(), "world_size": RANKS})
    locks.take_shared(run.lock)
    locks.take_exclusive(run.supervisor_lock)
    progress = os.open(run.progress, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    step = 0
    while True:
        step += 1
        append_json(progress, line(step, time.time()))
        if step % 5 == 1:
            tell_use(attempt, step)
        if select.select([over], [], [], 1.0)[0]:
            return


def tell_use(attempt: AttemptFolder, step: int) -> None:
    use = {
        "memory": 1_400_000_000 + step,
        "cpu_percent": 90.0 + step % 7,
        "gpu_memory": None,
        "gpu_percent": None,
    }
    write_passing(
        attempt.resources, {"time": time.time(), "ranks": {str(rank): use for rank in range(RANKS)}}
    )


def line(step: int, at: float) -> dict[str, object]:
    about = {"time": at, "attempt": 1, "phase": "training", "step": step, "total_steps": TOTAL}
    return {**about, "epoch": step / 500, "loss": 2 / (1 + step / 100), "metrics": None}


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
