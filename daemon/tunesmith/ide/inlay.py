"""What settings come to, beside them: effective batch, steps, saves, disk and memory."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tunesmith.core.path import RecipePath
from tunesmith.facts.names import TOTAL_STEPS
from tunesmith.rules.check import Report
from tunesmith.stages.train import memory
from tunesmith.stages.train.rules import plan
from tunesmith.syntax.tree import Entry, Position, Scalar

GIGA = 1e9
BATCH = ("per_device_train_batch_size", "gradient_accumulation_steps")
LENGTH = ("max_steps", "num_train_epochs")
WARMUP = ("warmup_steps", "warmup_ratio")
SAVES = ("save_total_limit", "save_steps", "save_strategy")
MODEL = (("model", "name_or_path"), ("model", "config"), ("model",))


@dataclass(frozen=True)
class Inlay:
    """`help` is Markdown, shown on hover."""

    position: Position
    text: str
    help: str


def inlays(report: Report) -> list[Inlay]:
    """In no order; what is not known has none."""
    recipe = report.recipe
    if recipe.script is not None or recipe.module is not None:
        return []
    made = (_batch(report), _steps(report), _warmup(report), _saves(report), _memory(report))
    return [one for one in made if one is not None]


def memory_text(report: Report) -> tuple[str, str] | None:
    """In a word and with its parts."""
    states = plan.model_states(report.recipe, report.facts)
    held = None if states is None else memory.states(states)
    if states is None or held is None:
        return None
    layers = plan.layers(report.recipe, report.facts)
    active = None if layers is None else memory.activations(layers)
    place = "GPU" if plan.on_gpu(report.recipe, report.facts) else "process"
    total = size(held.states + (active or 0.0))
    said = f"≈ {total} a {place}" if active is not None else f"≥ {total} a {place}"
    rows = [
        ("weights", held.weights),
        ("gradients", held.gradients),
        (f"optimizer ({states.optimizer})", held.optimizer),
    ]
    if active is not None and layers is not None:
        rows.append((f"activations, {layers.rows} × {layers.tokens:,} tokens, estimated", active))
    table = "\n".join(f"| {name} | {size(found)} |" for name, found in rows)
    trained = f"{states.trained:,} of {states.parameters:,} parameters are trained."
    note = "Model states as in ZeRO (arXiv 1910.02054), activations as in arXiv 2205.05198."
    return said, f"{trained}\n\n| | |\n|---|--:|\n{table}\n\n{note}"


def disk_text(report: Report) -> tuple[str, str] | None:
    """Of the checkpoints that are kept."""
    saves = plan.saves(report.recipe, report.facts)
    if saves is None:
        return None
    states = plan.model_states(report.recipe, report.facts)
    only_model = report.recipe.train.get("save_only_model") is True
    each = None if states is None else memory.checkpoint_bytes(states, only_model)
    last = f"last save at step {saves.last:,}"
    if each is None:
        return f"{saves.count:,} saves, {last}", "The size of a checkpoint is not known."
    held = "weights" if only_model else "weights and optimizer"
    kept = f"{saves.kept:,} × {size(each)} = {size(saves.kept * each)}"
    return f"{last}, {kept} kept", f"{saves.count:,} checkpoints are written, each with {held}."


def size(found: float) -> str:
    for unit, name in ((GIGA, "GB"), (1e6, "MB"), (1e3, "kB")):
        if found >= unit:
            return f"{found / unit:.3g} {name}" if found < 1000 * unit else f"{found / unit:,.0f} {name}"
    return f"{found:.0f} B"


def _batch(report: Report) -> Inlay | None:
    found = plan.batch(report.recipe, report.facts)
    if found is None or found.rows == found.each:
        return None
    parts = f"{found.each} a device × {found.accumulated} accumulated × {found.processes} processes"
    return _beside(report, _train(BATCH), f"effective batch {found.rows:,}", parts)


def _steps(report: Report) -> Inlay | None:
    total = report.facts.get(TOTAL_STEPS)
    if total is None:
        return None
    text = f"= {total:,} steps"
    # What stands there already is not said again.
    return None if "max_steps" in report.recipe.train else _beside(report, _train(LENGTH[1:]), text, "")


def _warmup(report: Report) -> Inlay | None:
    found, total = plan.warmup(report.recipe, report.facts), report.facts.get(TOTAL_STEPS)
    if found is None or not total:
        return None
    of = f"of {total:,} steps, {100.0 * found / total:.3g} %"
    # A number that stands there already is not said again.
    is_count = report.recipe.train.get("warmup_steps") == found
    return _beside(report, _train(WARMUP), of if is_count else f"= {found:,} {of}", "")


def _saves(report: Report) -> Inlay | None:
    found = disk_text(report)
    return None if found is None else _beside(report, _train(SAVES), *found)


def _memory(report: Report) -> Inlay | None:
    found = memory_text(report)
    return None if found is None else _beside(report, iter(MODEL), *found)


def _train(keys: tuple[str, ...]) -> Iterator[RecipePath]:
    return (("train", key) for key in keys)


def _beside(report: Report, paths: Iterator[RecipePath], text: str, more: str) -> Inlay | None:
    """At the first of the settings that stands in the recipe; a section's stands beside its key."""
    for path in paths:
        found = report.tree.find(path)
        if isinstance(found, Entry):
            plain = isinstance(found.value, Scalar)
            end = report.tree.range_of(path, "value" if plain else "key").end
            return Inlay(end if plain else Position(end.line, end.character + 1), text, more)
    return None
