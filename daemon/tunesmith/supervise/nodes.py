"""From the launch of a run to one `accelerate launch` on each machine of a Slurm job. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from tunesmith.core.meeting import Meeting
from tunesmith.core.spec import Launch

MODULE = "tunesmith.runtime"


def on_nodes(launch: Launch, meeting: Meeting, runtime: Path) -> Launch:
    """`srun` starts one small process on each machine (`supervise.node`), which starts the launcher there.

    It is found in `runtime`, and goes to the folder of the launch by itself.
    """
    srun = (
        "srun",
        f"--nodes={meeting.machines}",
        f"--ntasks={meeting.machines}",
        "--ntasks-per-node=1",
        "--kill-on-bad-exit=1",
        f"--chdir={runtime}",
    )
    node = (launch.argv[0], "-E", "-s", "-S", "-m", "tunesmith.supervise.node")
    where = (str(meeting.machines), meeting.address, str(meeting.port), launch.cwd)
    return replace(launch, argv=(*srun, *node, *where, *launch.argv))


def on_machine(argv: Sequence[str], meeting: Meeting, number: int) -> tuple[str, ...]:
    """The launcher's arguments on the machine of this number, the first being 0.

    Of an option that is given twice the last one counts, so these come last.
    """
    at = max(i for i, word in enumerate(argv) if word == MODULE) - 1
    options = (
        *("--num_machines", str(meeting.machines)),
        *("--machine_rank", str(number)),
        *("--main_process_ip", meeting.address),
        *("--main_process_port", str(meeting.port)),
        *("--rdzv_backend", "static"),
        "--same_network",
    )
    return (*argv[:at], *options, *argv[at:])


def cpus_for_steps(environment: Mapping[str, str]) -> dict[str, str]:
    """srun does not take over what the job asked for by --cpus-per-task since Slurm 22.05."""
    asked = environment.get("SLURM_CPUS_PER_TASK")
    return {"SRUN_CPUS_PER_TASK": asked} if asked else {}
