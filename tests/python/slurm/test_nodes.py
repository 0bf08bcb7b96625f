"""What is started on the machines of a job, and what a recipe leaves open for them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from tunesmith.core.meeting import Meeting
from tunesmith.core.spec import Launch
from tunesmith.runs.engines.slurm.place import placed
from tunesmith.runs.machine import Machine
from tunesmith.stages import slurm
from tunesmith.stages.recipe import Recipe
from tunesmith.stages.run_policy import Engine, RunPolicy
from tunesmith.supervise.nodes import on_machine, on_nodes
from waiting import until

LAUNCH = (
    "/env/bin/python",
    "-m",
    "accelerate.commands.launch",
    "--multi_gpu",
    "-m",
    "tunesmith.runtime",
    "/r",
)
MEETING = Meeting(2, "n1", 4242)
HERE = Machine(cpus=8, accelerators=0)
ROOT = Path(__file__).parents[3] / "daemon"


def test_each_machine_launches_its_share() -> None:
    launch = on_nodes(Launch(LAUNCH, {}, "/work here"), MEETING, Path("/runtime"))
    assert launch.argv[:7] == (
        *("srun", "--nodes=2", "--ntasks=2", "--ntasks-per-node=1", "--kill-on-bad-exit=1"),
        *("--chdir=/runtime", "/env/bin/python"),
    )
    assert launch.argv[-len(LAUNCH) - 4 :] == ("2", "n1", "4242", "/work here", *LAUNCH)

    argv = on_machine((*LAUNCH, "1"), MEETING, 1)
    assert argv == (
        *LAUNCH[:4],
        *("--num_machines", "2", "--machine_rank", "1", "--main_process_ip", "n1"),
        *("--main_process_port", "4242", "--rdzv_backend", "static", "--same_network"),
        *("-m", "tunesmith.runtime", "/r", "1"),
    )


@pytest.mark.parametrize(
    ("asked", "accelerate", "ranks", "machine"),
    [
        ({}, {}, 1, Machine(1, 0)),
        ({"nodes": 2}, {}, 2, Machine(2, 0)),
        ({"nodes": 2, "gpus_per_node": 4}, {}, 8, Machine(8, 4)),
        ({"nodes": "2", "gpus-per-node": "a100:4"}, {}, 8, Machine(8, 4)),
        ({"nodes": 2, "gpus": 4, "cpus_per_task": 16}, {}, 4, Machine(32, 2)),
        ({"nodes": 2}, {"num_processes": 4}, 4, Machine(4, 0)),
        ({"gres": "gpu:a100:1"}, {}, 1, Machine(1, 1)),
    ],
)
def test_ranks_and_machines_follow_from_the_job(
    asked: dict[str, Any], accelerate: dict[str, Any], ranks: int, machine: Machine
) -> None:
    recipe = Recipe(accelerate=accelerate, run=RunPolicy(engine=Engine.SLURM, slurm=asked))
    found, where = placed(recipe, HERE)
    assert (found.accelerate["num_processes"], where) == (ranks, machine)


def test_a_run_of_this_machine_stays_as_it_is() -> None:
    recipe = Recipe(run=RunPolicy(slurm={"nodes": 2}))
    assert placed(recipe, HERE) == (recipe, HERE)


@pytest.mark.parametrize("text", ["4h", "1:2", "-1", "1-2:3", "", "1:00:00:00"])
def test_what_is_no_time(text: str) -> None:
    assert not slurm.is_time(text)


@pytest.mark.parametrize("text", [90, "90", "30:00", "4:00:00", "1-12", "1-12:30", "1-12:30:00", "UNLIMITED"])
def test_what_is_a_time(text: object) -> None:
    assert slurm.is_time(text)


@pytest.mark.parametrize(
    ("text", "length"),
    [
        (90, 5400),
        ("90", 5400),
        ("30:15", 1815),
        ("4:00:10", 14410),
        ("1-12", 129600),
        ("1-12:30", 131400),
        ("1-12:30:01", 131401),
        ("UNLIMITED", None),
        (0, None),
        (None, None),
        ("4h", None),
    ],
)
def test_how_long_a_time_is(text: object, length: int | None) -> None:
    assert slurm.seconds(text) == length


def test_a_machine_stays_until_the_ranks_have_answered_a_sigterm(tmp_path: Path) -> None:
    """The launcher dies of it, as accelerate's does with one process; the rank saves first."""
    rank = (
        "import pathlib, signal, sys, time\n"
        "folder = pathlib.Path(sys.argv[1])\n"
        "def save(*_):\n    time.sleep(0.3); (folder / 'saved').touch(); sys.exit()\n"
        "signal.signal(signal.SIGTERM, save)\n(folder / 'ready').touch()\n"
        "while True: time.sleep(0.05)\n"
    )
    (tmp_path / "rank.py").write_text(rank)
    launcher = (
        "import subprocess, sys\n"
        f"one = subprocess.Popen([sys.executable, {str(tmp_path / 'rank.py')!r}, {str(tmp_path)!r}])\n"
        f"open({str(tmp_path / 'pids')!r}, 'w').write(str(one.pid))\n"
        "one.wait()\n"
    )
    (tmp_path / "launcher.py").write_text(launcher)
    command = (sys.executable, str(tmp_path / "launcher.py"), "-m", "tunesmith.runtime", "/r")
    node = subprocess.Popen(
        [sys.executable, "-m", "tunesmith.supervise.node", "1", "here", "1", str(tmp_path), *command],
        cwd=ROOT,
    )
    until("a rank", (tmp_path / "ready").exists)
    children = Path(f"/proc/{node.pid}/task/{node.pid}/children").read_text().split()
    rank_pid = int((tmp_path / "pids").read_text())
    for pid in (node.pid, int(children[0]), rank_pid):
        os.kill(pid, signal.SIGTERM)
    assert node.wait(30) == 128 + signal.SIGTERM
    assert (tmp_path / "saved").exists()
