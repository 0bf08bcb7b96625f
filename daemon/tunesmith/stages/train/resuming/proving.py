"""A resumed training compares itself with what was written into its checkpoint."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from transformers import Trainer

from tunesmith.core.attempts import read_plan
from tunesmith.core.checkpoints import mark
from tunesmith.core.context import Context
from tunesmith.core.files import read_json, write_json, write_passing
from tunesmith.core.layout import RunFolder
from tunesmith.core.plan import Plan
from tunesmith.core.proof import Proof
from tunesmith.stages.train.resuming import state
from tunesmith.stages.train.resuming.digest import random_states
from tunesmith.stages.train.resuming.position import difference, order_of
from tunesmith.stages.train.resuming.replay import Replay
from tunesmith.stages.train.resuming.verdict import DIFFERS, MISSING, SAME, UNKNOWN, replayed, verdict


class Prover:
    """One a rank, of a training that goes on from `checkpoint`."""

    def __init__(self, context: Context, checkpoint: Path) -> None:
        self._context = context
        self._checkpoint = checkpoint
        self._plan = read_plan(context.attempt) or Plan(str(checkpoint), "resume")
        own = read_json(mark(checkpoint, context.rank))
        self._saved = own or read_json(mark(checkpoint, 0))
        self._own = own is not None
        self._checks: dict[str, str] = {}
        self._details: dict[str, str] = {}
        self._random: dict[str, str] | None = None
        self._replay: Replay | None = None
        self._proof: Proof | None = None

    @property
    def done(self) -> bool:
        """Whether the proof is written; the steps that are repeated may still be added to it."""
        return self._proof is not None

    def watch(self, trainer: Trainer) -> None:
        """Look at the random numbers when they have been set: the first batch draws some at once."""
        load: Any = getattr(trainer, "_load_rng_state", None)
        if load is None:
            return

        def load_and_look(checkpoint: Any) -> None:
            load(checkpoint)
            self._random = random_states()

        trainer._load_rng_state = load_and_look

    def loaded(self, trainer: Trainer) -> None:
        """When Trainer has loaded all but the random numbers."""
        saved = self._saved
        if saved is None:
            return
        same_world = saved.get("world_size") == trainer.args.world_size
        for part, now in self._parts(trainer).items():
            then = saved.get(part)
            if then is None and now is None:
                continue
            # Where each rank holds a part of the model, another world is cut into other parts.
            differs = DIFFERS if same_world or part == "scaler" else UNKNOWN
            self._checks[part] = SAME if then == now else MISSING if then is None else differs
        restored = same_world and state.restore_window(trainer, saved.get("window"))
        if self._own and same_world and self._context.rank == 0 and (restored or _just_logged(trainer)):
            self._replay = _replay(self._checkpoint, saved)

    def begun(self, trainer: Trainer, data: str | None) -> None:
        """Before the first step, when its batches have been fetched. Writes the proof."""
        if self._saved is None:
            self._proof = Proof(self._plan.label or "approximate", self._plan.reason)
        else:
            self._compare_the_rest(trainer, self._saved, data)
            self._proof = verdict(self._checks, self._details, self._plan)
        if self._proof.label != "exact":
            self._replay = None
        write_json(self._context.attempt.proof(self._context.rank), asdict(self._proof))
        said = f" ({self._proof.reason})" if self._proof.reason else ""
        step = trainer.state.global_step
        print(f"resumed from {self._checkpoint} at step {step}: {self._proof.label}{said}")

    def logged(self, step: int, logs: Mapping[str, float]) -> None:
        """Compare with what the interrupted attempt logged at this step, if it got there."""
        replay, proof = self._replay, self._proof
        if replay is None or proof is None or not replay.logged(step, logs):
            return
        self._proof = replayed(proof, replay.same, replay.differs_at, replay.difference)
        write_passing(self._context.attempt.proof(0), asdict(self._proof))
        if replay.differs_at is not None:
            self._replay = None
            print(f"not as before the break: {self._proof.reason}")

    def _parts(self, trainer: Trainer) -> dict[str, str | None]:
        """Of a model that is held in a way that cannot be looked at, nothing is compared."""
        try:
            return state.parts(trainer)
        except state.UNREADABLE as error:
            print(f"the state that was loaded cannot be compared: {error!r}")
            self._checks |= dict.fromkeys(("model", "optimizer", "scheduler"), UNKNOWN)
            return {}

    def _compare_the_rest(self, trainer: Trainer, saved: Mapping[str, Any], data: str | None) -> None:
        if self._random is None:
            self._checks["random numbers"] = UNKNOWN
        elif not self._own:
            self._checks["random numbers"] = MISSING
        else:
            same = saved.get("random numbers") == self._random
            self._checks["random numbers"] = SAME if same else DIFFERS
        loader = trainer.callback_handler.train_dataloader
        now = order_of(loader, trainer.args)
        order = difference(saved.get("order of the data") or {}, now, loader, trainer.state, trainer.args)
        self._note("order of the data", order)
        if saved.get("data") is not None and data is not None and saved["data"] != data:
            self._note("data", "its rows are others than when the checkpoint was saved")
        for part, here in (("machine", state.machine(trainer)), ("packages", state.packages())):
            self._note(part, _changed(saved.get(part) or {}, here))

    def _note(self, part: str, detail: str | None) -> None:
        self._checks[part] = SAME if detail is None else DIFFERS
        if detail is not None:
            self._details[part] = detail


def _changed(then: Mapping[str, Any], now: Mapping[str, Any]) -> str | None:
    names = [name for name in then if then[name] != now.get(name)]
    return ", ".join(f"{name} {then[name]} then, {now.get(name)} now" for name in names) or None


def _just_logged(trainer: Trainer) -> bool:
    """Whether the checkpoint's own step was logged, so that the first log has nothing to make up for."""
    steps = [record["step"] for record in trainer.state.log_history if "loss" in record]
    return bool(steps) and steps[-1] == trainer.state.global_step


def _replay(checkpoint: Path, saved: Mapping[str, Any]) -> Replay | None:
    """What the attempt that saved the checkpoint logged after it."""
    if checkpoint.parent.name != "checkpoints":
        return None
    attempt = RunFolder(checkpoint.parent.parent).attempt(int(saved.get("attempt", 1)))
    return Replay(attempt.replay, after=int(saved.get("step", 0)))
