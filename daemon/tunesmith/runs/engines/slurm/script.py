"""From a run to what sbatch is given: options and a batch script. Pure."""

from __future__ import annotations

import shlex
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

from tunesmith.core.layout import AttemptFolder, RunFolder
from tunesmith.core.spec import RunSpec
from tunesmith.stages import slurm

NAMED_OTHERWISE = {
    "SBATCH_TIMELIMIT": "time",
    "SBATCH_MEM_PER_NODE": "mem",
    "SBATCH_MEM_PER_CPU": "mem-per-cpu",
    "SBATCH_MEM_PER_GPU": "mem-per-gpu",
    "SBATCH_CORE_SPEC": "core-spec",
}
"""Variables that do not carry the name of their option."""


def options(spec: RunSpec, attempt: AttemptFolder) -> tuple[str, ...]:
    """All that sbatch is told: the recipe's options, then those that every run sets itself."""
    asked: Mapping[str, Any] = spec.policy.get("slurm") or {}
    given = {slurm.option(key): value for key, value in asked.items() if key not in slurm.OURS}
    kept = {name: value for name, value in given.items() if name not in slurm.OWNED}
    requeues = slurm.requeues(asked)
    owned: dict[str, Any] = {
        "job-name": kept.get("job-name", f"tunesmith-{spec.name}"),
        "nodes": slurm.nodes(asked),
        "ntasks-per-node": 1,
        "chdir": spec.launch.cwd,
        # Slurm reads what follows a percent sign in this one.
        "output": str(attempt.job_log).replace("%", "%%"),
        "open-mode": "append",
        "signal": f"B:USR1@{slurm.grace(asked)}",
        "requeue": requeues,
        "no-requeue": not requeues,
    }
    return tuple(word for name, value in {**kept, **owned}.items() for word in _words(name, value))


def script(spec: RunSpec, run: RunFolder, runtime: Path, told: Sequence[str]) -> str:
    """The batch script. It becomes the supervisor of the attempt, on the first node: so the signal before the
    end of its time goes to the supervisor alone, and the job's exit code is the supervisor's.

    Until the supervisor can hear that signal it is ignored: it would end the job.
    """
    supervisor = (spec.interpreter, "-E", "-s", "-S", "-m", "tunesmith.supervise.batch", str(run.path))
    lines = [
        "#!/bin/sh",
        *(f"#SBATCH {shlex.quote(option)}" for option in told),
        'trap "" USR1',
        f"cd {shlex.quote(str(runtime))} || exit 1",
        f"exec {shlex.join(supervisor)}",
    ]
    return "\n".join(lines) + "\n"


def environment(inherited: Mapping[str, str], told: Sequence[str]) -> dict[str, str]:
    """What sbatch inherits. What the recipe says counts more than a variable; and when this process is part
    of a job itself, its variables describe that one."""
    said = {option.removeprefix("--").partition("=")[0] for option in told}
    return {name: value for name, value in inherited.items() if not _misleads(name, said)}


def _misleads(variable: str, said: Collection[str]) -> bool:
    if variable.startswith("SBATCH_"):
        return _named(variable) in said
    return variable.startswith(("SLURM_", "SLURMD_")) and variable != "SLURM_CONF"


def _named(variable: str) -> str:
    plain = variable.removeprefix("SBATCH_").lower().replace("_", "-")
    return NAMED_OTHERWISE.get(variable, plain)


def _words(name: str, value: Any) -> tuple[str, ...]:
    """The option as one word, or none. ValueError for a text that would be several lines of a script."""
    if value is None or value is False:
        return ()
    if value is True:
        return (f"--{name}",)
    items: list[Any] = value if isinstance(value, list) else [value]
    text = ",".join(str(item) for item in items)
    if any(ord(char) < 32 or ord(char) == 127 for char in text):
        raise ValueError(f"run.slurm.{name} is {text!r}: it must be one line")
    return (f"--{name}={text}",)
