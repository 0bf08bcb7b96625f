"""Runs on two ranks that each hold a part of a model: their end, and the model that they lead to."""

from __future__ import annotations

import subprocess
from pathlib import Path

from tunesmith.core.layout import RunFolder
from tunesmith.facts.interpreter import Interpreter
from tunesmith.runs import store
from tunesmith.runs.view import RunView
from waiting import until

LOAD = """
import sys, torch
from transformers import AutoModelForCausalLM
model, about = AutoModelForCausalLM.from_pretrained(sys.argv[1], output_loading_info=True)
assert not about["missing_keys"] and not about["unexpected_keys"], about
ids = torch.arange(8).reshape(1, 8)
print(float(model(input_ids=ids, labels=ids).loss))
"""


def ended(run: RunFolder) -> RunView:
    def end() -> RunView | None:
        view = store.look(run)
        return view if view.state in ("ended", "lost") else None

    return until("it has ended", end, 600.0)


def said(run: RunFolder) -> str:
    """The end of what each rank printed."""
    logs = [run.attempt(1).rank_log(rank) for rank in (0, 1)]
    return "\n".join(log.read_text()[-3000:] for log in logs if log.exists())


def loaded_loss(trainer: Interpreter, folder: Path) -> float:
    """The model in `folder`, loaded as anybody would, and its loss on eight tokens."""
    command = [str(trainer.path), "-c", LOAD, str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return float(done.stdout.split()[-1])
