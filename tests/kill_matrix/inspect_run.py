"""Run in the training interpreter: a run's files as the libraries read them, that never saw Tunesmith.

`python inspect_run.py FOLDER-OF-EVENTS CHECKPOINT …` prints what TensorBoard's own reader finds, and how many
tensors each checkpoint holds; a checkpoint that does not load ends it with the library's error.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from safetensors import safe_open
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator


def points(folder: str) -> dict[str, list[tuple[int, float]]]:
    events = EventAccumulator(folder, size_guidance={"scalars": 0}).Reload()
    return {
        tag: [(event.step, event.value) for event in events.Scalars(tag)] for tag in events.Tags()["scalars"]
    }


def tensors(checkpoint: str) -> int:
    state = json.loads(Path(checkpoint, "trainer_state.json").read_text())
    if state["global_step"] != int(checkpoint.rsplit("-", 1)[1]):
        raise ValueError(f"{checkpoint} says that it is of step {state['global_step']}")
    with safe_open(Path(checkpoint, "model.safetensors"), "numpy") as weights:
        return sum(weights.get_tensor(name).size > 0 for name in weights.keys())  # noqa: SIM118


if __name__ == "__main__":
    events, *checkpoints = sys.argv[1:]
    seen = {"points": points(events), "tensors": {path: tensors(path) for path in checkpoints}}
    print(json.dumps(seen))
