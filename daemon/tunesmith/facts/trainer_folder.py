"""What a Trainer has left in a folder: its checkpoints, and the state that one of them keeps."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tunesmith.facts.json_file import read_object

CHECKPOINT = re.compile(r"checkpoint-(\d+)")
STATE = "trainer_state.json"
RANDOM_NUMBERS = re.compile(r"rng_state_\d+\.pth")
WEIGHTS = re.compile(r"(model|pytorch_model|adapter_model).*\.(safetensors|bin)")
TRAINING = re.compile(r"(optimizer|scheduler|global_step|pytorch_model_fsdp).*")
LARGEST = 64 * 1024 * 1024
"""The history in it grows with the training."""


@dataclass(frozen=True)
class TrainerFolder:
    """An `output_dir`, or a checkpoint in one. `checkpoints`: the steps of those in it, in order; None when
    nobody may look. `state`: trainer_state.json; empty where there is none."""

    path: Path
    exists: bool
    checkpoints: tuple[int, ...] | None = ()
    state: Mapping[str, object] = field(default_factory=dict[str, object])
    best_is_here: bool | None = None
    """Whether the best checkpoint that it remembers is there; None when it remembers none."""
    ranks: int | None = None
    """How many processes saved it, as their random numbers show; None when there are none."""
    is_weights_alone: bool = False
    """Whether a model or an adapter is in it, and nothing of the optimizer, however it was sharded."""


def read_trainer_folder(path: Path) -> TrainerFolder:
    """Look at one folder. Never raises."""
    try:
        if not path.is_dir():
            return TrainerFolder(path, exists=False)
        names = [entry.name for entry in path.iterdir()]
        found = [int(match[1]) for name in names if (match := CHECKPOINT.fullmatch(name))]
        state = read_object(path / STATE, LARGEST)
        ranks = sum(1 for name in names if RANDOM_NUMBERS.fullmatch(name)) or None
        ranks = 1 if ranks is None and (path / "rng_state.pth").is_file() else ranks
        alone = any(map(WEIGHTS.fullmatch, names)) and not any(map(TRAINING.fullmatch, names))
        best = _best_is_here(path, state)
        return TrainerFolder(path, True, tuple(sorted(found)), state, best, ranks, alone)
    except (OSError, ValueError):
        return TrainerFolder(path, True, None)


def _best_is_here(path: Path, state: Mapping[str, object]) -> bool | None:
    """Written as seen from where the training ran: some folder above."""
    best = state.get("best_model_checkpoint")
    if not isinstance(best, str) or not best:
        return None
    return any((above / best).is_dir() for above in path.parents)


def trainer_fingerprint(path: Path) -> str:
    marks: list[str] = []
    for place in (path, path / STATE):
        try:
            marks.append(str(place.stat().st_mtime_ns))
        except (OSError, ValueError) as error:
            marks.append(type(error).__name__)
    return " ".join(marks)
