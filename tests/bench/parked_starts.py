"""Starts the same recipe from a parked start, cold, and by hand; prints when each made its first step.

Usage: parked_starts.py FOLDER TRAINING_PYTHON RANKS. Seconds as JSON, from the press of Train (the daemon's
own start of a run, its check included) or the start of `accelerate launch`, to the end of the first step.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "python"))

from process_scan import marked  # noqa: E402
from tunesmith.core import locks  # noqa: E402
from tunesmith.core.parked import ParkedFolder, read_start  # noqa: E402
from tunesmith.facts import interpreter  # noqa: E402
from tunesmith.facts.interpreter import Interpreter  # noqa: E402
from tunesmith.runs import control, store  # noqa: E402
from tunesmith.runs.park import Parked, park  # noqa: E402
from waiting import until  # noqa: E402

SCRIPT = HERE / "first_step.py"
ROUNDS = 3
PATIENCE = 300.0
# Long enough for a hundredth of a second, in which processor time is counted, to be little.
LOOKED_AT = 20.0
TICKS = os.sysconf("SC_CLK_TCK")


class Starts:
    """One recipe, trained again and again. Each first step leaves a file of its own."""

    def __init__(self, folder: Path, python: Interpreter, ranks: int) -> None:
        self._folder = folder
        self._python = python
        self._ranks = ranks
        self._recipe = folder / f"first-{ranks}.train.yaml"
        self._count = 0

    def by_hand(self) -> float:
        name = self._next()
        options = f"--num_processes {self._ranks} --num_machines 1 --mixed_precision no --dynamo_backend no"
        several = ("--multi_gpu", "--main_process_port", "0") if self._ranks > 1 else ()
        launch = [str(self._python.path), "-m", "accelerate.commands.launch", *several, *options.split()]
        command = [*launch, str(SCRIPT), "--folder", str(self._folder), "--name", name]
        with open(self._folder / f"{name}.log", "wb") as log:
            began = time.time()
            process = subprocess.Popen(
                command,
                cwd=self._folder,
                env={**os.environ, "ACCELERATE_USE_CPU": "1"},
                stdout=log,
                stderr=log,
            )
            took = self._first_step(name) - began
            process.wait(PATIENCE)
        return took

    def cold(self) -> float:
        return self._train(self._next(), parked=False)

    def parked(self, look: bool) -> tuple[float, dict[str, float] | None]:
        """The seconds, and what waiting costs if it is to be looked at."""
        name = self._next()
        self._write(name)
        parked = park(self._recipe, self._python)
        until("a parked start that is ready", lambda: parked.ready, PATIENCE)
        cost = costs(parked) if look else None
        return self._train(name, parked=True), cost

    def _train(self, name: str, parked: bool) -> float:
        self._write(name)
        began = time.time()
        run = control.start(self._recipe, self._python)
        took = self._first_step(name) - began
        assert (read_start(ParkedFolder(run.path)) is not None) == parked, "started in another way than meant"
        until("the end of the run", lambda: store.look(run).state == "ended", PATIENCE)
        assert store.look(run).cause == "finished", store.look(run)
        return took

    def _write(self, name: str) -> None:
        values = {"folder": str(self._folder), "name": name}
        text = f"script: {SCRIPT}\nargs: {json.dumps(values)}\naccelerate: {{num_processes: {self._ranks}}}\n"
        self._recipe.write_text(text, encoding="utf-8")

    def _next(self) -> str:
        self._count += 1
        return f"step-{self._ranks}-{self._count}"

    def _first_step(self, name: str) -> float:
        return until("the first step", lambda: read(self._folder / name), PATIENCE)


def read(file: Path) -> float | None:
    return float(file.read_text()) if file.exists() else None


def costs(parked: Parked) -> dict[str, float]:
    """Of all its processes, with the supervisor: memory that is theirs, in MB, and percent of one core."""
    supervisor = locks.holder(parked.folder.run.supervisor_lock)
    pids = marked(parked.start.id) | ({supervisor} if supervisor else set())
    before, since = ticks(pids), time.monotonic()
    time.sleep(LOOKED_AT)
    used = (ticks(pids) - before) / TICKS / (time.monotonic() - since)
    return {"memory": sum(map(proportional, pids)) / 1024, "processor": 100 * used, "processes": len(pids)}


def ticks(pids: set[int]) -> int:
    fields = [Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split() for pid in pids]
    return sum(int(each[11]) + int(each[12]) for each in fields)


def proportional(pid: int) -> int:
    """Kilobytes; what several processes share is divided among them."""
    found = re.search(r"^Pss:\s+(\d+)", Path(f"/proc/{pid}/smaps_rollup").read_text(), re.MULTILINE)
    assert found, f"process {pid} says nothing of its memory"
    return int(found[1])


def main(folder: Path, python: Path, ranks: int) -> None:
    found = interpreter.find(folder, str(python))
    assert found, f"{python} is no interpreter"
    starts = Starts(folder, found, ranks)
    starts.by_hand()  # Fills the disk cache, and does not count.
    seconds: dict[str, list[float]] = {"plain": [], "cold": [], "parked": []}
    cost = None
    for number in range(ROUNDS):
        seconds["plain"].append(starts.by_hand())
        took, looked = starts.parked(look=number == 0)
        seconds["parked"].append(took)
        cost = cost or looked
        seconds["cold"].append(starts.cold())
    print(json.dumps({"seconds": seconds, "cost": cost}))


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve(), Path(sys.argv[2]), int(sys.argv[3]))
