"""The variables that a run gets with its interpreter: what activating its environment would set."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tunesmith.facts.conda import CondaEnvironment, read_conda
from tunesmith.facts.interpreter import Interpreter
from tunesmith.runs.activation_scripts import NotActivated, run_scripts


@dataclass(frozen=True)
class Activated:
    """All the variables of a process in the environment. `problem` says what of the activation failed."""

    environment: Mapping[str, str]
    problem: str | None = None


def activate(interpreter: Interpreter, inherited: Mapping[str, str], folder: Path) -> Activated:
    """As the environment's own activation would have it, its scripts included: in trusted folders only."""
    still = without_scripts(interpreter, inherited)
    scripts = read_conda(interpreter.prefix).scripts if interpreter.kind == "conda" else ()
    if not scripts:
        return Activated(still)
    try:
        return Activated(run_scripts(scripts, still, folder))
    except NotActivated as error:
        return Activated(still, f"{error} The run goes on without what the scripts would have set.")


def without_scripts(interpreter: Interpreter, inherited: Mapping[str, str]) -> Mapping[str, str]:
    """The part that is known without running anything."""
    if interpreter.kind == "venv":
        return of_venv(interpreter.prefix, inherited)
    if interpreter.kind == "conda":
        return of_conda(read_conda(interpreter.prefix), inherited)
    return inherited


def of_venv(prefix: Path, inherited: Mapping[str, str]) -> Mapping[str, str]:
    """What `activate` of a virtual environment sets. Pure."""
    path = first_on_path([prefix / "bin"], inherited)
    # It would make Python look for its own library elsewhere.
    kept = {name: value for name, value in inherited.items() if name != "PYTHONHOME"}
    return {**kept, "VIRTUAL_ENV": str(prefix), "PATH": path}


def of_conda(conda: CondaEnvironment, inherited: Mapping[str, str]) -> Mapping[str, str]:
    """What `conda activate` sets before it runs scripts. Pure."""
    level, before = _level(inherited), inherited.get("CONDA_PREFIX")
    again = before == str(conda.prefix) and level > 0
    added: dict[str, str] = {
        "CONDA_PREFIX": str(conda.prefix),
        "CONDA_DEFAULT_ENV": conda.name,
        "CONDA_PROMPT_MODIFIER": f"({conda.name}) ",
        "CONDA_SHLVL": str(level if again else level + 1),
    }
    if before and level > 0 and not again:
        added[f"CONDA_PREFIX_{level}"] = before
    if conda.root is not None and (conda.root / "bin" / "conda").is_file():
        added["CONDA_EXE"] = str(conda.root / "bin" / "conda")
        added["CONDA_PYTHON_EXE"] = str(conda.root / "bin" / "python")
    left = Path(before, "bin") if before and level > 0 else None
    path = first_on_path([conda.prefix / "bin"], inherited, leave=left)
    return {**inherited, **added, **conda.variables, "PATH": path}


def first_on_path(folders: Sequence[Path], inherited: Mapping[str, str], leave: Path | None = None) -> str:
    """The search path with `folders` in front, named once, and without the folder that is left."""
    first = [str(folder) for folder in folders]
    gone = {*first, *([str(leave)] if leave else [])}
    rest = inherited.get("PATH", os.defpath).split(os.pathsep)
    return os.pathsep.join([*first, *(part for part in rest if part not in gone)])


def _level(inherited: Mapping[str, str]) -> int:
    written = inherited.get("CONDA_SHLVL", "").strip()
    return int(written) if written.isdigit() else 0
