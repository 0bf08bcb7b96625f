"""The checkpoints of a run that a training can go on from, and what can be promised of each.

Standard library only: the supervisor asks for the last one when it starts a crashed run again.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tunesmith.core.attempts import last_number, read_plan
from tunesmith.core.files import last_objects, read_json
from tunesmith.core.layout import RunFolder
from tunesmith.core.plan import Label
from tunesmith.core.spec import RunSpec
from tunesmith.core.torn import STATE, why_torn

PATTERNS = ("checkpoint-*", "attempt-*-checkpoint-*", "step-*")
"""Trainer's, those that a resumed training put aside, and those that a stopped script's Accelerator wrote."""
ASIDE = "attempt-"
MOST = 4 << 20
"""Bytes at the end of artifacts.jsonl that are read."""
OPTIMIZERS = ("optimizer*", "global_step*", "*_optim_states.pt")
OPTIMIZER_PARTS = ("optimizer_stage_*.pt", "global_step*/*zero_pp_rank_*")
"""A pipeline's and DeepSpeed's: one a rank, which no other number of ranks can share out."""

NO_OPTIMIZER = "it holds no optimizer state, so optimizer and schedule start anew"
OWN_SCRIPT = "the script restores it by itself, which nobody can prove"
NOT_TOLD = "args holds no {resume}: unless the script reads TUNESMITH_RESUME it begins anew"
NOTHING_RECORDED = "nothing was recorded that its state could be compared with"


@dataclass(frozen=True)
class Checkpoint:
    """`name` is its path, relative to the run's folder when it lies in it. `saved` is in seconds.

    `torn` says what is wrong with one that must not be loaded; `steps` is how long the training was to be.
    """

    path: Path
    name: str
    step: int
    saved: float
    label: Label
    reason: str | None = None
    epoch: float | None = None
    steps: int | None = None
    attempt: int | None = None
    torn: str | None = None


def mark(folder: Path, rank: int) -> Path:
    """What the rank wrote down of its state when the checkpoint in `folder` was complete."""
    return folder / f"tunesmith-rank-{rank}.json"


def step_of(folder: Path) -> int:
    """The step at which Trainer saved the checkpoint in `folder`; 0 when that is not known."""
    return _whole_number((read_json(folder / STATE) or {}).get("global_step")) or 0


def whole_checkpoints(run: RunFolder, spec: RunSpec) -> list[Checkpoint]:
    """Those that can be loaded, the one that was saved last first."""
    return [each for each in all_checkpoints(run, spec) if each.torn is None]


def last_checkpoint(run: RunFolder, spec: RunSpec) -> Checkpoint | None:
    """What a run that is started again goes on from; None when nothing whole is there. OSError when that
    cannot be said.

    That is what its last attempt saved, or else what that one went on from: somebody may have chosen it
    although there were later ones.
    """
    whole = [each for each in whole_checkpoints(run, spec) if not each.path.name.startswith(ASIDE)]
    number = last_number(run)
    plan = read_plan(run.attempt(number))
    if plan is not None and plan.resume_from is not None:
        own = [each for each in whole if each.attempt in (None, number)]
        # Of a run that goes on from another one's it lies in that one's folder.
        place = run.path / plan.resume_from
        chosen = _look(run, spec, place, _candidates(run).get(place, {}))
        whole = [*own, *([] if chosen.torn else [chosen]), *whole]
    return next(iter(whole), None)


def has_saved(run: RunFolder) -> bool:
    """Whether it ever saved one, or went on from one: then none that is there is not none at all."""
    plan = read_plan(run.attempt(last_number(run)))
    return any(_recorded(run)) or (plan is not None and plan.resume_from is not None)


def all_checkpoints(run: RunFolder, spec: RunSpec) -> list[Checkpoint]:
    """The torn ones too, the one that was saved last first. Looks at every file's end.

    The order is that of attempts and steps, because a clock may be set back.
    """
    found = [_look(run, spec, path, record) for path, record in _candidates(run).items()]
    newest = last_number(run)
    return sorted(found, key=lambda each: (each.attempt or newest, each.step, each.saved), reverse=True)


def _candidates(run: RunFolder) -> dict[Path, Mapping[str, Any]]:
    """The folders that are there, with what artifacts.jsonl says of each."""
    records = {path: record for path, record in _recorded(run) if path.is_dir()}
    there = {path for pattern in PATTERNS for path in run.checkpoints.glob(pattern) if path.is_dir()}
    return {**{path: {} for path in there}, **records}


def _recorded(run: RunFolder) -> Iterator[tuple[Path, Mapping[str, Any]]]:
    for record in last_objects(run.artifacts, MOST):
        if record.get("kind") == "checkpoint" and isinstance(record.get("path"), str):
            yield run.path / record["path"], record


def _look(run: RunFolder, spec: RunSpec, path: Path, record: Mapping[str, Any]) -> Checkpoint:
    state = read_json(path / STATE) or {}
    first = read_json(mark(path, 0)) or {}
    label, reason = _promise(path, spec, first)
    sizes: dict[str, Any] = first.get("files") or {}
    return Checkpoint(
        path,
        str(path.relative_to(run.path)) if path.is_relative_to(run.path) else str(path),
        _whole_number(state.get("global_step", record.get("step"))) or 0,
        _saved(path, record),
        label,
        reason,
        _number(state.get("epoch", record.get("epoch"))),
        _whole_number(state.get("max_steps")) or None,
        _whole_number(record.get("attempt", first.get("attempt"))),
        why_torn(path, sizes, by_trainer=spec.stage == "train" or "epoch" in record),
    )


def _promise(path: Path, spec: RunSpec, first: Mapping[str, Any]) -> tuple[Label, str | None]:
    """What is known without loading it, for the world that `spec` asks for."""
    if spec.stage != "train":
        told = "{resume}" in json.dumps(spec.config.get("args"))
        return "unsafe", OWN_SCRIPT if told else NOT_TOLD
    if not any(next(path.glob(pattern), None) for pattern in OPTIMIZERS):
        return "unsafe", NO_OPTIMIZER
    ranks = spec.num_processes
    saved = _whole_number(first.get("world_size")) or len(list(path.glob("rng_state*.pth"))) or ranks
    if saved != ranks:
        if any(next(path.glob(pattern), None) for pattern in OPTIMIZER_PARTS):
            return "unsafe", f"its optimizer lies in parts that only {_ranks(saved)} can load"
        return "approximate", f"it was saved by {_ranks(saved)} and is loaded by {_ranks(ranks)}"
    names = ["rng_state.pth"] if ranks == 1 else [f"rng_state_{rank}.pth" for rank in range(ranks)]
    missing = [name for name in names if not (path / name).exists()]
    if missing:
        return "approximate", f"{missing[0]} is missing, so random numbers go another way"
    if any(read_json(mark(path, rank)) is None for rank in range(ranks)):
        return "approximate", NOTHING_RECORDED
    if first.get("evaluation_skipped"):
        return "approximate", "an evaluation was due at its step, and left out for the stop"
    return "exact", None


def _ranks(count: int) -> str:
    return "1 rank" if count == 1 else f"{count} ranks"


def _saved(path: Path, record: Mapping[str, Any]) -> float:
    said = _number(record.get("time"))
    if said is not None:
        return said
    try:
        state = path / STATE
        return (state if state.exists() else path).stat().st_mtime
    except FileNotFoundError:
        return 0.0


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else None


def _whole_number(value: object) -> int | None:
    number = _number(value)
    return None if number is None else int(number)
