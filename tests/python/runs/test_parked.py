"""Parked starts, launched by accelerate: what they become, who may have them, and what ends them."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from own_run import SCRIPTS
from process_scan import living, marked
from training import end, write_recipe
from tunesmith.core import locks
from tunesmith.core.files import read_json
from tunesmith.core.layout import RunFolder
from tunesmith.core.parked import ParkedFolder, parked_home
from tunesmith.facts.interpreter import Interpreter
from tunesmith.metrics.reader import RunReader
from tunesmith.runs import control, store
from tunesmith.runs.keep_parked import KeepParked, Wanted
from tunesmith.runs.park import Parked, park
from tunesmith.runs.view import RunView
from tunesmith.supervise.parked import withdrawn
from waiting import until

PATIENCE = 300.0
RECIPE = """\
script: {script}
args: {{run: "{{run}}"}}
accelerate: {{num_processes: {ranks}}}
"""
WAITS = "import json, time\n\nwhile True:\n    time.sleep(0.1)\n"


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path
    for home in store.homes([tmp_path]):
        for run in store.runs_in(home):
            end(run)


def own(folder: Path, script: str = WAITS, ranks: int = 1) -> Path:
    (folder / "program.py").write_text(script)
    recipe = folder / "own.train.yaml"
    recipe.write_text(RECIPE.format(script="program.py", ranks=ranks))
    return recipe


def ready(parked: Parked) -> Parked:
    until("it is ready", lambda: parked.ready or not parked.alive, PATIENCE)
    assert parked.ready, list(parked.folder.path.glob("attempts/1/log/*"))
    return parked


def ended(run: RunFolder) -> RunView:
    view = until("it has ended", lambda: v if (v := store.look(run)).state == "ended" else None, PATIENCE)
    assert view.cause == "finished", (view.message, run.attempt(1).rank_log(0).read_text()[-2000:])
    until("nothing is left", lambda: not living(run))
    return view


def parked_as(run: RunFolder) -> str | None:
    return (read_json(ParkedFolder(run.path).start) or {}).get("id")


def told(run: RunFolder, rank: int) -> dict[str, Any]:
    """What the script wrote, with names of the run that are its own made alike."""
    text = (run.path / f"told-{rank}.json").read_text()
    found = json.loads(text.replace(run.id, "RUN"))
    for name in ("MASTER_PORT", "TORCHELASTIC_RUN_ID", "TORCHELASTIC_ERROR_FILE"):  # New at each launch.
        found["environment"].pop(name, None)
    return found


@pytest.mark.parametrize("ranks", [pytest.param(1, marks=pytest.mark.long), 2])
def test_of_two_starts_at_once_one_is_parked_and_both_are_the_same(
    folder: Path, trainer: Interpreter, ranks: int
) -> None:
    recipe = own(folder, (SCRIPTS / "tells_of_its_start.py").read_text(), ranks)
    parked = ready(park(recipe, trainer))
    with ThreadPoolExecutor(2) as threads:
        starts = [threads.submit(control.start, recipe, trainer) for _ in range(2)]
        runs = [start.result() for start in starts]
    views = [ended(run) for run in runs]
    assert [view.step for view in views] == [20, 20]
    assert sorted(map(str, map(parked_as, runs))) == sorted(["None", parked.start.id])
    for rank in range(ranks):
        first, second = (told(run, rank) for run in runs)
        assert first.keys() == second.keys()
        for what in first:
            assert first[what] == second[what], what
    assert not marked(parked.start.id)
    parked.release()


@pytest.mark.long
def test_the_curve_of_a_parked_training_is_that_of_a_cold_one(workspace: Path, trainer: Interpreter) -> None:
    recipe = write_recipe(workspace, steps=6)
    parked = ready(park(recipe, trainer))
    warm, cold = control.start(recipe, trainer), control.start(recipe, trainer)
    assert parked_as(warm) == parked.start.id
    assert parked_as(cold) is None
    ended(warm)
    ended(cold)
    assert curve(warm) == curve(cold)
    parked.release()


def curve(run: RunFolder) -> list[float]:
    reader, now = RunReader(run.path), 0.0
    while reader.advance(now := now + 1).more:
        continue
    values = reader.history.series["train/loss"].points().values.tolist()
    assert len(values) == 6
    return values


def test_the_ranks_end_with_who_wanted_them(folder: Path, trainer: Interpreter) -> None:
    """A daemon that is killed frees its lease."""
    recipe = own(folder, ranks=2)
    program = (
        "import sys, time; from pathlib import Path; from tunesmith.facts.interpreter import at; "
        "from tunesmith.runs.park import park; "
        f"parked = park(Path({str(recipe)!r}), at(Path({str(trainer.prefix)!r}))); "
        "print(parked.folder.path, flush=True); time.sleep(1e6)"
    )
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True) as owner:
        assert owner.stdout is not None
        place = ParkedFolder(Path(owner.stdout.readline().strip()))
        until("both wait", lambda: place.ready(0).exists() and place.ready(1).exists(), PATIENCE)
        assert len(marked(place.path.name)) == 3
        owner.kill()
    until("all have ended", lambda: not marked(place.path.name))
    until("it is cleared away", lambda: not is_there(place.path))


@pytest.mark.parametrize("victim", ["rank", pytest.param("supervisor", marks=pytest.mark.long)])
def test_what_is_broken_is_no_start(folder: Path, trainer: Interpreter, victim: str) -> None:
    """The run starts cold, and nothing of the parked start is left."""
    recipe = own(folder)
    parked = ready(park(recipe, trainer))
    place = parked.folder
    rank = int((read_json(place.ready(0)) or {})["pid"])
    os.kill(rank if victim == "rank" else locks.holder(place.run.supervisor_lock) or 0, signal.SIGKILL)
    run = control.start(recipe, trainer)
    until("it runs", lambda: run.attempt(1).rank_record(0).exists(), PATIENCE)
    assert (read_json(run.attempt(1).rank_record(0)) or {})["pid"] != rank
    until("what was parked has ended", lambda: not marked(parked.start.id))
    assert store.look(run).state == "running"
    parked.release()


def test_another_launch_is_parked_anew_and_what_is_not_wanted_ends(
    folder: Path, trainer: Interpreter, monkeypatch: pytest.MonkeyPatch
) -> None:
    recipe = own(folder)
    keeping = KeepParked()
    keeping.keep({recipe: Wanted(trainer)})
    (first,) = parked_home(folder).iterdir()
    keeping.keep({recipe: Wanted(trainer)})
    assert list(parked_home(folder).iterdir()) == [first]
    monkeypatch.setenv("SOMETHING_ELSE", "1")
    keeping.keep({recipe: Wanted(trainer)})
    until("the first is cleared away", lambda: not is_there(first))
    (second,) = parked_home(folder).iterdir()
    assert second != first
    assert not marked(first.name)
    until("it is known what it takes", lambda: ParkedFolder(second).use.exists(), PATIENCE)
    keeping.keep({recipe: Wanted(trainer, memory_limit=1)})
    until("it is too large", lambda: is_empty(parked_home(folder)), PATIENCE)
    keeping.keep({recipe: Wanted(trainer, memory_limit=1)})
    assert not list(parked_home(folder).iterdir()), "the same would end again"
    keeping.keep({recipe: Wanted(trainer)})
    (third,) = parked_home(folder).iterdir()
    keeping.close()
    until("all have ended", lambda: not is_there(third))


def is_empty(home: Path) -> bool:
    """Seen twice: a listing may miss what is renamed meanwhile."""
    return not list(home.iterdir()) and not list(home.iterdir())


def is_there(place: Path) -> bool:
    """By its names, in the order in which it has them: a listing may miss what is renamed meanwhile."""
    return place.exists() or withdrawn(place).exists()
