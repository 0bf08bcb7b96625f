"""What must hold of a run whatever was killed. A check tells what is wrong, in words."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tunesmith.core.checkpoints import last_checkpoint
from tunesmith.core.files import last_objects
from tunesmith.core.layout import AttemptFolder, RunFolder
from tunesmith.core.spec import RunSpec
from tunesmith.metrics.reader import RunReader

from kill_matrix import plan, world

Points = dict[str, list[tuple[int, float]]]
LOSS = "train/loss"
ALL = 1 << 20


@dataclass(frozen=True)
class Seen:
    """`points` as TensorBoard reads them, `tensors` by checkpoint."""

    points: Points
    tensors: dict[str, int]


def inspect(attempt: AttemptFolder, checkpoints: list[Path]) -> Seen | str:
    """What the libraries themselves make of the files; their words if they cannot."""
    program = Path(__file__).with_name("inspect_run.py")
    command = [world.python(), str(program), str(attempt.events), *map(str, checkpoints)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        return done.stderr.strip().splitlines()[-1]
    seen: dict[str, Any] = json.loads(done.stdout)
    points = {tag: [(step, value) for step, value in found] for tag, found in seen["points"].items()}
    return Seen(points, seen["tensors"])


def log_lines(
    folder: Path, run: RunFolder, attempt: int, ranks: int, steps: int | None = None
) -> Iterator[str]:
    """Every line that a rank knows to have written stands in its log, in order and whole."""
    for rank in range(ranks):
        known = counted(folder, run, attempt, rank)[0]
        log = run.attempt(attempt).rank_log(rank)
        text = log.read_text() if log.exists() else ""
        numbers = [int(number) for number in re.findall(rf"^line (\d+) of rank {rank}$", text, re.MULTILINE)]
        if numbers != list(range(1, len(numbers) + 1)):
            yield f"the log of rank {rank} has its lines in this order: {numbers}"
        if len(numbers) < known:
            yield f"rank {rank} wrote {known} lines, and its log has {len(numbers)}"
        if steps is not None and len(numbers) != steps:
            yield f"the log of rank {rank} has {len(numbers)} of {steps} lines"


def metrics(folder: Path, run: RunFolder, attempt: int, seen: Seen, to_the_end: bool) -> Iterator[str]:
    """Every point that rank 0 knows to have written is there, once, for TensorBoard and for us alike."""
    steps = [step for step, _ in seen.points.get(LOSS, [])]
    known = counted(folder, run, attempt, 0)[1]
    first = steps[0] if steps else 1
    if steps != list(range(first, first + len(steps))):
        yield f"TensorBoard reads the loss at these steps: {steps}"
    if steps and steps[-1] < known:
        yield f"the loss was written up to step {known}, and TensorBoard reads it up to {steps[-1]}"
    if known and not steps:
        yield f"the loss was written up to step {known}, and TensorBoard reads none"
    if to_the_end and (not steps or steps[-1] != plan.STEPS):
        yield f"TensorBoard reads {len(steps)} points, and the run took {plan.STEPS} steps"


def same_history(run: RunFolder, attempts: list[Seen]) -> Iterator[str]:
    """What the dashboard would draw is what TensorBoard draws; a later attempt replaces what it repeats."""
    wanted = {step: value for seen in attempts for step, value in seen.points.get(LOSS, [])}
    drawn = history(run)
    if drawn != wanted:
        yield f"the dashboard has {len(drawn)} points of the loss, TensorBoard {len(wanted)}"


def same_curve(before: Seen, after: Seen, notes: list[str]) -> Iterator[str]:
    """The steps that were taken twice have the same loss, bit for bit, and none is missing between."""
    first, second = dict(before.points.get(LOSS, [])), dict(after.points.get(LOSS, []))
    twice = sorted(first.keys() & second.keys())
    other = [step for step in twice if first[step] != second[step]]
    if other:
        yield f"resumed, the loss of step {other[0]} is {second[other[0]]} and was {first[other[0]]}"
    if first.keys() | second.keys() != set(range(1, plan.STEPS + 1)):
        yield f"resumed, it has the loss of these steps: {sorted(second)}"
    notes.append(f"resumed from step {min(second, default=0) - 1}, {len(twice)} steps repeated")


def history(run: RunFolder) -> dict[int, float]:
    """The loss by step, as the dashboard reads it."""
    reader, now = RunReader(run.path), 0.0
    while reader.advance(now := now + 1).more:
        continue
    found = reader.history.series.get(LOSS)
    if found is None:
        return {}
    points = found.points()
    return dict(zip(points.steps.tolist(), points.values.tolist(), strict=True))


def checkpoints(run: RunFolder, seen: Seen) -> Iterator[str]:
    """All that were recorded hold tensors; a resume would take the last of these, or a newer one."""
    for path, tensors in seen.tensors.items():
        if not tensors:
            yield f"{Path(path).name} holds no tensor"
    last = last_checkpoint(run, RunSpec.from_json(run.spec.read_text()))
    steps = [int(Path(path).name.rsplit("-", 1)[1]) for path in seen.tensors]
    if steps and (last is None or last.step < max(steps)):
        yield f"checkpoint-{max(steps)} is whole, and {last.name if last else 'none'} would be taken"


def recorded(run: RunFolder) -> list[Path]:
    """The checkpoints that rank 0 said it had finished."""
    records = last_objects(run.artifacts, ALL)
    return [run.path / record["path"] for record in records if record.get("kind") == "checkpoint"]


def counted(folder: Path, run: RunFolder, attempt: int, rank: int) -> tuple[int, int]:
    """Lines and steps with a point that the rank knows to have written."""
    ledger = folder / plan.ledger(run.id, str(attempt), rank)
    counts = ledger.read_text().split() if ledger.exists() else []
    lines, points = counts or (0, 0)  # It is made before anything was counted.
    return int(lines), int(points)
