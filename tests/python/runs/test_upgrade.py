"""An upgrade in mid-run: what started the run is deleted and a newer one installed, and the run goes on."""

from __future__ import annotations

import json
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path
from shutil import rmtree

import pytest
from daemon_client import daemon
from process_scan import living
from training import write_recipe
from tunesmith.core.layout import RunFolder
from tunesmith.facts.interpreter import Interpreter
from tunesmith.runs import store
from waiting import until

ROOT = Path(__file__).parents[3]
PATIENCE = 240.0


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """tunesmith as it is packed."""
    folder = tmp_path_factory.mktemp("wheel")
    options = ["--no-deps", "--no-build-isolation", "--quiet", "--disable-pip-version-check"]
    command = [sys.executable, "-m", "pip", "wheel", *options, "--wheel-dir", str(folder), str(ROOT)]
    subprocess.run(command, check=True)
    (made,) = folder.glob("tunesmith-*.whl")
    return made


def install(folder: Path, wheel: Path, more: str = "") -> Path:
    """An environment with the wheel, the dependencies of this one, and `more` code that ranks import."""
    venv.create(folder, symlinks=True)
    site = folder / Path(sysconfig.get_path("purelib")).relative_to(sys.prefix)
    with zipfile.ZipFile(wheel) as packed:
        packed.extractall(site)
    (site / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    with open(site / "tunesmith" / "core" / "layout.py", "a") as source:
        source.write(more)
    return folder / "bin" / "python"


def said_by(python: Path, *arguments: str) -> str:
    done = subprocess.run([str(python), "-I", *arguments], capture_output=True, text=True, check=True)
    return done.stdout


def runtime_of(python: Path) -> str:
    program = "from tunesmith.runs.runtime_copy import runtime_copy; print(runtime_copy())"
    return said_by(python, "-c", program).strip()


async def test_the_run_saves_and_ends(
    workspace: Path,
    trainer: Interpreter,
    wheel: Path,
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    place = tmp_path_factory.mktemp("installed")
    monkeypatch.setenv("XDG_DATA_HOME", str(place / "data"))
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    old = install(place / "old", wheel)
    assert said_by(old, "-c", "import tunesmith; print(tunesmith.__file__)").startswith(str(place / "old"))

    recipe = write_recipe(workspace)
    async with daemon(workspace, python=old, trusted=True, trainingInterpreter=str(trainer.path)) as client:
        started = await client.request("tunesmith/runs/start", {"recipe": str(recipe)})
    assert started["problems"] == []
    run = RunFolder(Path(started["run"]["folder"]))
    until("it trains", lambda: store.look(run).step >= 2, PATIENCE)

    held = [path for pid in living(run) for path in open_files(pid)]
    assert [path for path in held if path.startswith(str(place / "old"))] == []
    rmtree(place / "old")
    new = install(place / "new", wheel, more="NEWER = True\n")
    copies = set((place / "data" / "tunesmith" / "runtime").iterdir())
    assert Path(runtime_of(new)) not in copies
    before = store.look(run)
    assert (before.state, before.supervised) == ("running", True)
    until("it goes on", lambda: store.look(run).step > before.step, PATIENCE)

    said_by(new, "-m", "tunesmith", "stop", run.id, "--folder", str(workspace))
    until("it has ended", lambda: store.look(run).state == "ended", PATIENCE)
    (told,) = json.loads(said_by(new, "-m", "tunesmith", "runs", str(workspace), "--json"))
    assert (told["state"], told["cause"], told["message"]) == ("ended", "stopped", None)
    (checkpoint,) = [json.loads(line) for line in run.artifacts.read_text().splitlines()]
    assert (checkpoint["kind"], checkpoint["step"]) == ("checkpoint", told["step"])
    assert (run.path / checkpoint["path"] / "optimizer.pt").exists()
    assert living(run) == set()
    assert copies < set((place / "data" / "tunesmith" / "runtime").iterdir()), "both versions' code stays"


def open_files(pid: int) -> list[str]:
    """Where the process stands, what it holds open or has mapped; nothing is known of it but on Linux."""
    process = Path("/proc") / str(pid)
    try:
        links = [process / "cwd", process / "exe", *(process / "fd").iterdir()]
        maps = (process / "maps").read_text().splitlines()
        return [str(link.readlink()) for link in links] + [line.split(maxsplit=5)[-1] for line in maps]
    except OSError:
        return []
