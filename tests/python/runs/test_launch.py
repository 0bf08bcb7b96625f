"""From a recipe's values to argument lists and environments."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tunesmith.core.layout import RunFolder
from tunesmith.core.spec import Launch
from tunesmith.runs import launch
from tunesmith.runs.machine import Machine

RUN = RunFolder(Path("/recipes/.tunesmith/runs/20261122-021530-4f1a"))
CPUS = Machine(cpus=8, accelerators=0)
GPUS = Machine(cpus=64, accelerators=4)


def made(
    accelerate: dict[str, Any], machine: Machine = CPUS, inherited: dict[str, str] | None = None
) -> Launch:
    python, folder, runtime = Path("/env/bin/python"), Path("/recipes"), Path("/data/runtime/1f")
    return launch.launcher(RUN, python, accelerate, folder, runtime, machine, inherited or {})


def options(command: Launch) -> list[str]:
    """What stands between `accelerate launch` and the module."""
    start = command.argv.index("accelerate.commands.launch") + 1
    return list(command.argv[start : command.argv.index("-m", start)])


def test_one_process() -> None:
    command = made({})
    assert command.argv[:3] == ("/env/bin/python", "-m", "accelerate.commands.launch")
    assert command.argv[-3:] == ("-m", "tunesmith.runtime", str(RUN.path))
    assert options(command) == [
        *("--config_file", str(RUN.accelerate), "--num_processes", "1"),
        *("--num_cpu_threads_per_process", "8"),
    ]
    assert command.cwd == "/recipes"
    assert "ACCELERATE_USE_CPU" not in command.env


def test_several_ranks_on_cpus_share_the_cores_and_take_any_port() -> None:
    command = made({"num_processes": 2})
    assert options(command)[2:] == [
        *("--num_processes", "2", "--multi_gpu", "--main_process_port", "0"),
        *("--num_cpu_threads_per_process", "4"),
    ]
    assert command.env["ACCELERATE_USE_CPU"] == "true"


def test_gpus_leave_threads_and_device_to_accelerate() -> None:
    command = made({"num_processes": 4}, GPUS)
    assert "--num_cpu_threads_per_process" not in command.argv
    assert "ACCELERATE_USE_CPU" not in command.env


def test_a_port_of_the_recipe_is_left_alone() -> None:
    assert "--main_process_port" not in made({"num_processes": 2, "main_process_port": 29511}).argv


def test_other_kinds_of_parallelism_are_left_to_the_config_file() -> None:
    accelerate = {"num_processes": 2, "distributed_type": "FSDP", "fsdp_config": {"fsdp_version": 2}}
    assert "--multi_gpu" not in made(accelerate, GPUS).argv
    assert launch.accelerate_config(accelerate)["distributed_type"] == "FSDP"


def test_threads_set_by_the_user_stay() -> None:
    assert "--num_cpu_threads_per_process" not in made({}, inherited={"OMP_NUM_THREADS": "3"}).argv


def test_the_copy_comes_before_the_users_own_path() -> None:
    env = made({}, inherited={"PYTHONPATH": "/mine"}).env
    assert env["PYTHONPATH"] == "/data/runtime/1f:/mine"
    assert env["TUNESMITH_RUN"] == RUN.id
    assert env["HF_HUB_OFFLINE"] == "1"


@pytest.mark.parametrize(
    ("accelerate", "kind", "processes"),
    [
        ({}, "NO", 1),
        ({"num_processes": 2}, "MULTI_GPU", 2),
        # Alone it would start one process and say nothing.
        ({"num_processes": 2, "distributed_type": "MULTI_CPU"}, "MULTI_GPU", 2),
        ({"num_processes": 2, "distributed_type": "DEEPSPEED"}, "DEEPSPEED", 2),
        ({"num_processes": "two"}, "NO", 1),
    ],
)
def test_the_config_file_leaves_nothing_open(accelerate: dict[str, Any], kind: str, processes: int) -> None:
    config = launch.accelerate_config(accelerate)
    assert config["distributed_type"] == kind
    assert config["num_processes"] == processes
    assert config["compute_environment"] == "LOCAL_MACHINE"


def test_keys_of_the_recipe_win_and_unknown_ones_reach_the_library() -> None:
    config = launch.accelerate_config({"mixed_precision": "bf16", "no_such_key": 1})
    assert (config["mixed_precision"], config["no_such_key"]) == ("bf16", 1)


def test_the_supervisor_needs_nothing_of_the_environment() -> None:
    command = launch.supervisor(Path("/env/bin/python"), Path("/data/runtime/1f"), RUN, 2, adopt=True)
    assert command.argv == (
        *("/env/bin/python", "-E", "-s", "-S", "-m", "tunesmith.supervise", str(RUN.path), "2", "--adopt"),
    )
    assert command.cwd == "/data/runtime/1f"
    assert command.env == {}
