"""What is known about one recipe: a pure question to what was read of the disk."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, cast

from tunesmith.core.fact import Fact, Facts, Known
from tunesmith.core.partly import NotRead
from tunesmith.facts.interpreter import Interpreter
from tunesmith.facts.located import located
from tunesmith.facts.model import model_facts
from tunesmith.facts.model_parts import model_parts
from tunesmith.facts.names import (
    DEEPSPEED_FILE,
    DISK_FREE,
    GPUS,
    HAS_ACCELERATOR,
    HAS_SLURM,
    MODEL,
    MODEL_PARTS,
    MODULE_FILE,
    OUTPUT_FOLDER,
    RESUMED_FOLDER,
    SCRIPT_ARGUMENTS,
    SCRIPT_FILE,
    SCRIPT_USE,
    STARTED,
    TARGET_FILE,
    TOTAL_STEPS,
    TRAIN_COLUMNS,
    TRAIN_FILE,
    TRAIN_ROWS,
    VALIDATION_COLUMNS,
    VALIDATION_FILE,
    WORLD_SIZE,
)
from tunesmith.facts.of_interpreter import interpreter_facts, with_arguments
from tunesmith.facts.of_program import command_line
from tunesmith.facts.of_target import target_facts
from tunesmith.facts.sources import MACHINE, Kind, Look, Source
from tunesmith.facts.started import read_started
from tunesmith.facts.steps import total_steps
from tunesmith.facts.target import Target

Values = Mapping[str, object]
KnownFacts = dict[Fact[Any], Known[Any]]


def gather(
    values: Values,
    folder: Path,
    interpreter: Interpreter | None,
    look: Look,
    target: Target | None = None,
    arguments: Iterable[str] = (),
) -> Facts:
    """The facts of the recipe with these plain `values` in `folder`.

    What `look` does not know stays unknown. `target` stands for the machine and the interpreter; `arguments`:
    the classes whose keys `train` holds, when it is not those of the Trainer.
    """
    known: KnownFacts = {}
    if target is None:
        known = with_arguments(interpreter_facts(interpreter, look), tuple(arguments))
        known |= _machine(values, look)
    else:
        known |= target_facts(target, arguments)
    data = _section(values, "data")
    known |= _data(folder, data.get("train"), look, TRAIN_FILE, TRAIN_COLUMNS, TRAIN_ROWS)
    known |= _data(folder, data.get("validation"), look, VALIDATION_FILE, VALIDATION_COLUMNS, None)
    known |= model_facts(values, folder, known, interpreter, look)
    model = known[MODEL].value if MODEL in known else None
    parts = model_parts(model.model_type) if model is not None and model.model_type else None
    if parts is not None:
        known[MODEL_PARTS] = Known(parts, "the releases of transformers")
    known |= _steps(values, data, known)
    world = values.get("world_size", _section(values, "accelerate").get("num_processes"))
    if isinstance(world, int) and not isinstance(world, bool) and world > 0:
        known[WORLD_SIZE] = Known(world, "the launch")
    if (started := read_started(values)) is not None:
        known[STARTED] = Known(started, "the launch")
    known |= _deepspeed(folder, values.get("deepspeed"), look)
    known |= _program(folder, values, interpreter, look)
    known |= command_line(folder, values, known, look)
    return Facts(known)


def installed(interpreter: Interpreter | None, look: Look) -> Mapping[str, str] | None:
    """The versions of the packages beside an interpreter; None when they are not known."""
    found = look(Source("environment", interpreter.path, interpreter)) if interpreter else None
    return None if found is None else cast(Mapping[str, str], found.versions)


def script_facts(values: Values, folder: Path, look: Look) -> KnownFacts:
    """What the user's own script takes, and what it does with it."""
    written = values.get("script")
    if not isinstance(written, str) or not written or "\0" in written:
        return {}
    kinds: tuple[tuple[Kind, Fact[Any]], ...] = (
        ("script-arguments", SCRIPT_ARGUMENTS),
        ("script-use", SCRIPT_USE),
    )
    known: KnownFacts = {}
    for kind, fact in kinds:
        found = look(Source(kind, located(folder, written)))
        if found is not None:
            known[fact] = Known(found, written)
    return known


def own_facts(values: Values, folder: Path, look: Look, target: Target | None) -> KnownFacts:
    """Of a run of ours: it is one process where nothing else is said, and is written beside its recipe."""
    known: KnownFacts = {}
    if "num_processes" not in _section(values, "accelerate"):
        known[WORLD_SIZE] = Known(1, "the recipe")
    profile = own_target(values)
    found = look(Source("target", located(folder, profile))) if profile else None
    if found is not None or profile is None:
        known[TARGET_FILE] = Known(found, profile or "the recipe")
    free = look(Source("disk", folder)) if target is None else None
    if free is not None:
        known[DISK_FREE] = Known(free, str(folder))
    return known


def own_target(values: Values) -> str | None:
    """The profile that a recipe names, as it is written; None when it names none."""
    written = values.get("target")
    return written if isinstance(written, str) and written and "\0" not in written else None


def trainer_folders(values: Values, folder: Path, look: Look) -> KnownFacts:
    """What a training that is not a run of ours has left where it writes, and where it resumes from."""
    train = _section(values, "train")
    known: KnownFacts = {}
    for key, fact in (("output_dir", OUTPUT_FOLDER), ("resume_from_checkpoint", RESUMED_FOLDER)):
        try:
            written = train.get(key)
        except NotRead:
            continue
        if isinstance(written, str) and written and "\0" not in written:
            found = look(Source("trainer-folder", located(folder, written)))
            if found is not None:
                known[fact] = Known(found, written)
    return known


def data_path(folder: Path, value: object) -> Path | None:
    """The one local file that `value` names; None when it names none, several, or something elsewhere."""
    if not isinstance(value, str) or not value or "://" in value or any(char in value for char in "*?[{\0"):
        return None
    return located(folder, value)


def _machine(values: Values, look: Look) -> KnownFacts:
    """What a cluster's machines have is not known here."""
    machine = look(MACHINE)
    if machine is None:
        return {}
    known: KnownFacts = {HAS_SLURM: Known(machine.slurm, "the search path")}
    elsewhere = _section(values, "run").get("engine") == "slurm"
    if machine.accelerator is not None and not elsewhere:
        known[HAS_ACCELERATOR] = Known(machine.accelerator, str(MACHINE.path))
        if not machine.accelerator:
            known[GPUS] = Known((), str(MACHINE.path))
    return known


def _data(
    folder: Path,
    value: object,
    look: Look,
    file: Fact[Any],
    columns: Fact[tuple[str, ...]],
    rows: Fact[int] | None,
) -> KnownFacts:
    path = data_path(folder, value)
    found = None if path is None else look(Source("data", path))
    if found is None:
        return {}
    known: KnownFacts = {file: Known(found, str(path))}
    if found.columns is not None:
        known[columns] = Known(found.columns, str(path))
    if rows is not None and found.rows is not None:
        known[rows] = Known(found.rows, str(path))
    return known


def _deepspeed(folder: Path, value: object, look: Look) -> KnownFacts:
    if not isinstance(value, str) or not value or "\0" in value:
        return {DEEPSPEED_FILE: Known(None, "the recipe")}
    path = located(folder, value)
    found = look(Source("deepspeed", path))
    return {} if found is None else {DEEPSPEED_FILE: Known(found, str(path))}


def _steps(values: Values, data: Values, known: KnownFacts) -> KnownFacts:
    # Texts are cut into blocks of tokens: how many there will be, only their tokenizer knows.
    is_cut = values.get("task") == "causal-lm"
    rows = known[TRAIN_ROWS].value if TRAIN_ROWS in known and not is_cut else None
    try:
        steps = total_steps(
            _section(values, "train"),
            _section(values, "accelerate"),
            rows,
            _section(data, "split"),
            data.get("max_rows"),
            data.get("validation"),
        )
    except NotRead:
        return {}
    return {} if steps is None else {TOTAL_STEPS: Known(steps, "the recipe and its data")}


def _program(folder: Path, values: Values, interpreter: Interpreter | None, look: Look) -> KnownFacts:
    """The user's own script or module."""
    known: KnownFacts = {}
    for key, fact in (("script", SCRIPT_FILE), ("module", MODULE_FILE)):
        value = values.get(key)
        if value is None:
            known[fact] = Known(None, "the recipe")
        elif isinstance(value, str) and value and "\0" not in value:
            script = Source("script", located(folder, value))
            found = look(script if key == "script" else Source("module", folder, interpreter, value))
            if found is not None:
                known[fact] = Known(found, value)
    return known


def _section(values: Values, name: str) -> Values:
    found = values.get(name)
    return cast(Values, found) if isinstance(found, dict) else {}
