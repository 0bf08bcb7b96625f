"""What the command line tells accelerate, which comes before its config file."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from tunesmith.dialects.launch import NUMBER, Launch
from tunesmith.dialects.reading import Builder, Place

KEYS = (
    "gpu_ids",
    "machine_rank",
    "main_process_ip",
    "main_process_port",
    "mixed_precision",
    "num_machines",
    "num_processes",
)
MEET_ELSEWHERE = frozenset(("node_rank", "rdzv_backend", "rdzv_endpoint", "standalone"))
"""Options of torchrun under which it is not this machine's one port that is asked for."""
PORTS = ("main_process_port", "master_port")
TYPES: Mapping[str, str] = {"multi_gpu": "MULTI_GPU", "use_deepspeed": "DEEPSPEED", "use_fsdp": "FSDP"}
OF_DEEPSPEED = ("deepspeed_config_file", "gradient_accumulation_steps", "gradient_clipping", "zero_stage")


def put_told(builder: Builder, launch: Launch, file: Path) -> None:
    """As a part of the accelerate section; its place is the launch's, which no document holds."""
    if launch.program != "accelerate":
        return
    told, nowhere = launch.told, Place(file, ())
    for key in KEYS:
        if key in told:
            value = told[key] if key == "main_process_ip" else _scalar(told[key])
            builder.put(("accelerate", key), value, nowhere)
    for option, kind in TYPES.items():
        if option in told:
            builder.put(("accelerate", "distributed_type"), kind, nowhere)
    below = {
        "deepspeed_config": {key: _scalar(told[key]) for key in OF_DEEPSPEED if key in told},
        "fsdp_config": {key: _scalar(text) for key, text in told.items() if key.startswith("fsdp_")},
    }
    for section, values in below.items():
        # A section of the file would be lost behind some of its keys.
        if values and launch.config is None:
            builder.put(("accelerate", section), values, nowhere)


def started(launch: Launch) -> Mapping[str, int | str | None] | None:
    """By what it is started, how many processes each machine gets, how many GPUs they see, and at which port
    they meet."""
    if launch.program is None:
        return None
    visible = launch.environment.get("CUDA_VISIBLE_DEVICES")
    port = next((launch.told[key] for key in PORTS if key in launch.told), "")
    if launch.told.keys() & MEET_ELSEWHERE or "$" in port:
        port = "0"
    listed = launch.told.get("include", "").partition(":")[2]
    each = launch.processes if launch.program in ("torchrun", "deepspeed") else None
    if launch.program == "deepspeed" and each is None and listed and "@" not in launch.told["include"]:
        each = len(listed.split(","))
    return {
        "program": launch.program,
        "processes": each,
        "visible": len(visible.split(",")) if visible and "$" not in visible else None,
        "port": int(port) if NUMBER.fullmatch(port) else None,
    }


def _scalar(text: str) -> int | str | None:
    """None for what only the shell knows."""
    if "$" in text:
        return None
    return int(text) if NUMBER.fullmatch(text) else text
