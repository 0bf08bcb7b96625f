"""From a recipe's values to the processes that run it: argument lists and environments. Pure."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tunesmith.core.layout import RunFolder
from tunesmith.core.spec import Launch
from tunesmith.runs.machine import Machine
from tunesmith.stages.machines import machines

# Distributed types that mean "several plain processes"; only MULTI_GPU makes accelerate start more than one.
PLAIN = (None, "NO", "MULTI_CPU", "MULTI_GPU")
# Nothing leaves the machine: what is not in the local caches is not fetched.
OFFLINE = {"HF_HUB_OFFLINE": "1", "HF_DATASETS_OFFLINE": "1", "HF_HUB_DISABLE_TELEMETRY": "1"}


def num_processes(accelerate: Mapping[str, Any]) -> int:
    """How many ranks the recipe asks for."""
    asked = accelerate.get("num_processes", 1)
    return asked if isinstance(asked, int) and asked > 0 else 1


def accelerate_config(accelerate: Mapping[str, Any]) -> dict[str, Any]:
    """The recipe's `accelerate:` completed, so that no config file in the user's home fills it in."""
    several = num_processes(accelerate) > 1
    config = {
        "compute_environment": "LOCAL_MACHINE",
        "mixed_precision": "no",
        "num_machines": 1,
        **accelerate,
        "num_processes": num_processes(accelerate),
    }
    if config.get("distributed_type") in PLAIN:
        config["distributed_type"] = "MULTI_GPU" if several else "NO"
    return config


def launcher(
    run: RunFolder,
    interpreter: Path,
    accelerate: Mapping[str, Any],
    folder: Path,
    runtime: Path,
    machine: Machine,
    inherited: Mapping[str, str],
) -> Launch:
    """The `accelerate launch` of a run; the supervisor adds the number of the attempt.

    `folder` is the recipe's, `runtime` the copy of the code that the ranks import.
    """
    ranks, several = num_processes(accelerate), machines(accelerate)
    on_cpu = machine.accelerators == 0 or accelerate.get("use_cpu") is True
    options = ["--config_file", str(run.accelerate), "--num_processes", str(ranks)]
    if ranks > 1 and accelerate_config(accelerate)["distributed_type"] == "MULTI_GPU":
        options += ["--multi_gpu"]
    if ranks > 1 and several == 1 and "main_process_port" not in accelerate:
        options += ["--main_process_port", "0"]
    if on_cpu and "OMP_NUM_THREADS" not in inherited:
        options += ["--num_cpu_threads_per_process", str(max(1, machine.cpus * several // ranks))]
    module = ("-m", "tunesmith.runtime", str(run.path))
    argv = (str(interpreter), "-m", "accelerate.commands.launch", *options, *module)
    env = environment(run.id, runtime, inherited)
    return Launch(argv, {**env, **_on_cpu(ranks, inherited)} if on_cpu else env, str(folder))


def environment(run_id: str, runtime: Path, inherited: Mapping[str, str]) -> dict[str, str]:
    """What the ranks get on top of the inherited environment."""
    paths = [str(runtime), *filter(None, [inherited.get("PYTHONPATH")])]
    return {
        "TUNESMITH_RUN": run_id,
        "PYTHONPATH": os.pathsep.join(paths),
        # A file in the recipe's folder named like a library must not be imported in its place.
        "PYTHONSAFEPATH": "1",
        "PYTHONUNBUFFERED": "1",
        **OFFLINE,
    }


def supervisor(interpreter: Path, runtime: Path, run: RunFolder, attempt: int, adopt: bool = False) -> Launch:
    """The supervisor's process: the standard library and our own code alone, whatever the environment says.

    It runs in the folder of the copy, which is how it finds the code without a path.
    """
    argv = (str(interpreter), "-E", "-s", "-S", "-m", "tunesmith.supervise", str(run.path), str(attempt))
    return Launch((*argv, "--adopt") if adopt else argv, {}, str(runtime))


def member(interpreter: Path, runtime: Path, run: RunFolder, machine: int) -> Launch:
    """What sees to the ranks of another machine than the first, as the supervisor does there."""
    argv = (str(interpreter), "-E", "-s", "-S", "-m", "tunesmith.supervise.member", str(run.path))
    return Launch((*argv, str(machine), str(interpreter)), {}, str(runtime))


def parked(launch: Launch, folder: Path) -> Launch:
    """The same launch, whose ranks wait in a parked start until it has become a run."""
    return Launch((*launch.argv[:-1], "--parked", str(folder)), launch.env, launch.cwd)


def parked_supervisor(interpreter: Path, runtime: Path, folder: RunFolder) -> Launch:
    command = supervisor(interpreter, runtime, folder, 1)
    return Launch((*command.argv, "--parked"), command.env, command.cwd)


def _on_cpu(ranks: int, inherited: Mapping[str, str]) -> dict[str, str]:
    """Threads that wait asleep: beside other work, spinning ones make a step several times as long.

    Several ranks must be told to stay off accelerators: the launcher does not pass that on by itself.
    """
    env = {} if "OMP_WAIT_POLICY" in inherited else {"OMP_WAIT_POLICY": "PASSIVE"}
    return {**env, "ACCELERATE_USE_CPU": "true"} if ranks > 1 else env
