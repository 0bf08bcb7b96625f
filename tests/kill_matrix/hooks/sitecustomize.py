"""Inside each rank: its folder stands in PYTHONPATH, so Python loads it first.

A rank numbers its lines and says what it has written for sure; at the places of `plan` it waits for the gate.
The training is the built-in one, with the user's libraries; nothing of it is replaced.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from functools import cache
from pathlib import Path
from typing import Any

PATIENCE = 120.0


def observe(trainer: Any) -> None:
    """Called with transformers.trainer once the training has imported it."""
    from kill_matrix import plan

    folder, rank = Path(os.environ[plan.FOLDER_VARIABLE]), os.environ.get("RANK", "0")

    @cache
    def ledger() -> int:
        """A rank that was parked knows its run only after the go."""
        run, attempt = Path(sys.argv[1]).name, sys.argv[2]
        return os.open(folder / plan.ledger(run, attempt, rank), os.O_WRONLY | os.O_CREAT, 0o644)

    def eat_when_told() -> None:
        """Wherever the rank is: it may wait for another one in a call that lets no line of its own run."""
        told = folder / plan.HUNGRY
        eaten: list[bytes] = []
        while True:
            if told.exists() and told.read_text() == rank:
                eaten.append(b"x" * (1 << 20))
            else:
                time.sleep(0.05)

    def wait_for_the_gate() -> None:
        deadline = time.monotonic() + PATIENCE
        while not (folder / plan.GATE).exists():
            if time.monotonic() > deadline:
                raise TimeoutError("nobody opened the gate")
            time.sleep(0.01)

    class Numbered(trainer.TrainerCallback):
        lines = points = logged = 0

        def count(self) -> None:
            os.pwrite(ledger(), b"%12d %12d\n" % (self.lines, self.points), 0)

        def on_step_end(self, args: Any, state: Any, control: Any, **more: Any) -> None:
            time.sleep(plan.STEP_SECONDS)
            print(plan.line(self.lines + 1, rank), flush=True)
            self.lines += 1
            self.count()
            if state.global_step == plan.HOLD:
                wait_for_the_gate()

        def on_log(self, args: Any, state: Any, control: Any, logs: Any = None, **more: Any) -> None:
            if logs and "loss" in logs:
                self.logged = state.global_step

        def on_step_begin(self, args: Any, state: Any, control: Any, **more: Any) -> None:
            """By now every callback has heard of the step before, that of TensorBoard too."""
            self.points = self.logged
            self.count()

    threading.Thread(target=eat_when_told, daemon=True).start()
    trainer.DEFAULT_CALLBACKS.append(Numbered)
    save = trainer.Trainer._save

    def save_slowly(self: Any, output_dir: Any = None, state_dict: Any = None) -> None:
        save(self, output_dir, state_dict)
        slow = self.args.should_save and self.state.global_step == plan.SLOW_SAVE
        if slow and not (folder / plan.GATE).exists():
            weights = Path(output_dir, "model.safetensors")
            whole = weights.read_bytes()
            weights.write_bytes(whole[: len(whole) // 2])
            (folder / plan.TORN).touch()
            wait_for_the_gate()
            weights.write_bytes(whole)

    begin = trainer.TrainingArguments.__post_init__

    def begin_late(self: Any) -> None:
        """Before the ranks have met."""
        wait_for_the_gate()
        begin(self)

    if os.environ.get(plan.LATE_VARIABLE):
        trainer.TrainingArguments.__post_init__ = begin_late
    if os.environ.get(plan.SLOW_VARIABLE):
        trainer.Trainer._save = save_slowly


if "TUNESMITH_RUN" in os.environ:
    from tunesmith.stages.script.when_imported import when_imported

    when_imported("transformers.trainer", observe)
