"""Run folders with checkpoints as Trainer writes them, made without any library."""

from __future__ import annotations

import json
import struct
import sys
import time
import zipfile
from pathlib import Path
from typing import Any

from tunesmith.core.attempts import furnish
from tunesmith.core.checkpoints import mark
from tunesmith.core.files import append_json, write_json
from tunesmith.core.layout import RunFolder, runs_home
from tunesmith.core.spec import Launch, RunSpec

END = {"time": 9.0, "code": -9, "cause": "signalled", "by": None, "message": None}


def make_run(folder: Path, ranks: int = 1, stage: str = "train", **config: Any) -> RunFolder:
    """A run that has ended."""
    run = RunFolder(runs_home(folder) / "20260101-120000-abcd")
    furnish(run.attempt(1), None)
    run.checkpoints.mkdir()
    for lock in (run.lock, run.supervisor_lock):
        lock.touch()
    launch = Launch((sys.executable,), {}, str(folder))
    recipe = str(folder / "tiny.train.yaml")
    spec = RunSpec(run.id, "tiny", recipe, stage, config, launch, sys.executable, ranks, time.time(), "0")
    run.spec.write_text(spec.to_json())
    run.recipe.write_text("")
    write_json(run.attempt(1).started, {"time": 1.0})
    write_json(run.attempt(1).exit, END)
    return run


def spec_of(run: RunFolder) -> RunSpec:
    return RunSpec.from_json(run.spec.read_text())


def save(
    run: RunFolder,
    step: int,
    ranks: int = 1,
    attempt: int = 1,
    steps: int = 100,
    record: bool = True,
    **more: Any,
) -> Path:
    """A whole checkpoint; `more` goes into what rank 0 wrote down of it."""
    folder = run.checkpoints / f"checkpoint-{step}"
    folder.mkdir()
    write_tensors(folder / "model.safetensors", 4)
    names = ["optimizer.pt", "scheduler.pt"]
    names += ["rng_state.pth"] if ranks == 1 else [f"rng_state_{rank}.pth" for rank in range(ranks)]
    for name in names:
        with zipfile.ZipFile(folder / name, "w") as archive:
            archive.writestr("data", bytes(100))
    state = {"global_step": step, "epoch": step / 10, "max_steps": steps}
    (folder / "trainer_state.json").write_text(json.dumps(state))
    sizes = {path.name: path.stat().st_size for path in folder.iterdir()}
    for rank in range(ranks):
        about = {"attempt": attempt, "world_size": ranks, "files": sizes if rank == 0 else {}, **more}
        write_json(mark(folder, rank), about)
    if record:
        note(run, folder, step, attempt)
    return folder


def note(run: RunFolder, folder: Path, step: int, attempt: int = 1) -> None:
    """The line of artifacts.jsonl; a second apart, in the order of the calls."""
    told = len(run.artifacts.read_bytes().splitlines()) if run.artifacts.exists() else 0
    where = str(folder.relative_to(run.path)) if folder.is_relative_to(run.path) else str(folder)
    line = {"time": 1000.0 + told, "attempt": attempt, "kind": "checkpoint", "path": where, "step": step}
    with open(run.artifacts, "ab") as file:
        append_json(file.fileno(), {**line, "epoch": step / 10})


def write_tensors(path: Path, numbers: int) -> None:
    header = json.dumps(
        {"w": {"dtype": "F32", "shape": [numbers], "data_offsets": [0, 4 * numbers]}}
    ).encode()
    path.write_bytes(struct.pack("<Q", len(header)) + header + bytes(4 * numbers))
