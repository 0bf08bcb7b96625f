"""What the doctor says about what was seen: each row a pure function, each case a line."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tunesmith.doctor.check import rows
from tunesmith.doctor.gpus import Gpu, Gpus
from tunesmith.doctor.machine import Machine
from tunesmith.doctor.network import Network
from tunesmith.doctor.observe import Asked, Observed, Place
from tunesmith.doctor.row import Row, size
from tunesmith.doctor.torch_probe import Device, Probe
from tunesmith.facts.interpreter import Interpreter

GB = 10**9
H100 = Gpu("NVIDIA H100", 80 * GB, 79 * GB)
SEEN_H100 = Device("NVIDIA H100", 80 * GB, (9, 0))
CPU = Probe("3.11.9", "2.6.0", None)
CUDA = Probe("3.11.9", "2.6.0", "12.4", built_for=("sm_80", "sm_90"))
PYTHON = Interpreter(Path("/w/.venv/bin/python"), Path("/w/.venv"), (Path("/w/.venv/lib"),), "3.11.9")
INSTALLED = {
    "torch": "2.6.0",
    "accelerate": "1.2.0",
    "transformers": "4.50.1",
    "datasets": "3.1.0",
    "tensorboard": "2.18.0",
    "peft": "0.14.0",
    "debugpy": "1.8.11",
}
FINE = Observed(
    asked=Asked(Path("/w")),
    system="linux",
    version="0.1.0",
    python="3.12.1",
    interpreter=PYTHON,
    unusable="There is no Python at /w/none. Select another training interpreter.",
    versions=INSTALLED,
    missing=frozenset(),
    probe=CPU,
    gpus=Gpus(),
    machine=Machine(8, 64 * GB, 60 * GB, 32 * GB, 524_288, 65_536),
    network=Network("box", None, "10.0.0.7"),
    runs=Place(Path("/w/.tunesmith/runs"), 500 * GB, True),
    cache=Place(Path("/home/me/.cache/huggingface"), 500 * GB, True),
)


def row(name: str, **changed: Any) -> Row:
    (found,) = [one for one in rows(replace(FINE, **changed)) if one.name == name]
    return found


def machine(**changed: Any) -> Machine:
    return replace(FINE.machine, **changed)


def without(*names: str) -> dict[str, Any]:
    versions = {name: version for name, version in INSTALLED.items() if name not in names}
    return {"versions": versions, "missing": frozenset(names)}


def test_where_all_is_well_nothing_is_advised() -> None:
    assert [(one.name, one.says) for one in rows(FINE) if one.verdict != "fine" or one.advice] == []


@pytest.mark.parametrize(
    ("name", "changed", "verdict", "says"),
    [
        ("System", {"system": "win32"}, "wrong", "Windows"),
        ("Training interpreter", {"interpreter": None}, "wrong", "no Python at /w/none"),
        ("Training interpreter", {"interpreter": replace(PYTHON, version="3.9.1")}, "wrong", "3.9.1"),
        (
            "Training interpreter",
            {"probe": Probe(broken="it does not start: x")},
            "wrong",
            "does not start: x",
        ),
        ("Training interpreter", {"asked": Asked(Path("/w"), "/w/.venv")}, "fine", "chosen: /w/.venv/bin"),
        ("Training interpreter", {"asked": Asked(Path("/w/deep"))}, "fine", "found in /w: "),
        ("Training interpreter", {"asked": Asked(Path("/other"))}, "fine", "the active environment: "),
        ("torch", without("torch"), "wrong", "needed for training"),
        ("torch", {"versions": {**INSTALLED, "torch": "2.3.0"}}, "wrong", "2.3.0; torch 2.4 or newer"),
        ("torch", {"versions": {}, "missing": frozenset()}, "fine", "a folder of sources"),
        ("accelerate", without("accelerate"), "wrong", "launching"),
        ("transformers", without("transformers"), "warning", "recipes with a task"),
        ("transformers", {"versions": {**INSTALLED, "transformers": "4.40.0"}}, "warning", "4.46 or newer"),
        ("debugpy", without("debugpy"), "warning", "Attach Debugger"),
        ("torch and devices", {"probe": None}, "warning", "not trusted"),
        ("torch and devices", {"probe": Probe(error="OSError: libcudart.so.12")}, "wrong", "libcudart.so.12"),
        ("torch and devices", {"gpus": Gpus((H100,))}, "warning", "for CPU does not use 1 × NVIDIA H100"),
        (
            "torch and devices",
            {"gpus": Gpus((H100,), "470.10", (11, 4)), "probe": CUDA},
            "wrong",
            "the driver 470.10 runs CUDA 11.4 at most",
        ),
        (
            "torch and devices",
            {
                "gpus": Gpus((H100,), "525.60", (12, 0)),
                "probe": replace(CUDA, warnings=("no CUDA here",)),
            },
            "wrong",
            "cannot use 1 × NVIDIA H100: no CUDA here",
        ),
        (
            "torch and devices",
            {"gpus": Gpus((H100,), "550.54", (12, 4)), "probe": replace(CUDA, devices=(SEEN_H100,))},
            "fine",
            "torch 2.6.0 for CUDA 12.4 sees NVIDIA H100 (80.0 GB)",
        ),
        (
            "torch and devices",
            {"probe": replace(CUDA, devices=(Device("B200", GB, (10, 0)),))},
            "wrong",
            "no code for B200: it was built for sm_80, sm_90",
        ),
        ("torch and devices", {"probe": replace(CPU, mps=True)}, "fine", "Apple's GPU"),
        (
            "GPUs",
            {"gpus": Gpus((H100,), "550.54", (12, 4))},
            "fine",
            "(80.0 GB, 79.0 GB free); driver 550",
        ),
        ("GPUs", {"gpus": Gpus((Gpu("A10", 0),), problem="mismatch")}, "warning", "A10; mismatch"),
        ("GPUs", {"gpus": Gpus(problem="no answer within 15 s")}, "warning", "no answer"),
        ("Disk for runs", {"runs": Place(Path("/w"), GB // 2, True)}, "wrong", "500 MB free"),
        ("Disk for runs", {"runs": Place(Path("/w"), 5 * GB, True)}, "warning", "5.0 GB free"),
        ("Runs folder", {"runs": Place(Path("/w"), 500 * GB, False)}, "wrong", "/w cannot be written"),
        ("Hugging Face cache", {"cache": Place(Path("/c"), GB, True)}, "warning", "1.0 GB free for /c"),
        ("Hugging Face cache", {"cache": Place(Path("/c"), GB, False)}, "warning", "cannot be written"),
        ("Memory", {"machine": machine(memory=2 * GB)}, "warning", "2.0 GB"),
        ("Memory", {"machine": machine(available=GB)}, "warning", "1.0 GB of it free"),
        ("/dev/shm", {"machine": machine(shared_memory=64 * 2**20)}, "warning", "67.1 MB"),
        ("File watches", {"machine": machine(watches=8192)}, "warning", "8,192"),
        ("Open files", {"machine": machine(open_files=256)}, "warning", "256"),
        ("Open files", {"machine": machine(open_files=-1)}, "fine", "unlimited"),
        ("Rendezvous of ranks", {"network": Network("box", "not known", None)}, "wrong", "not known"),
        ("Rendezvous of ranks", {"network": Network("box", None, None)}, "warning", "box means no address"),
    ],
)
def test_each_trouble(name: str, changed: dict[str, Any], verdict: str, says: str) -> None:
    found = row(name, **changed)
    assert says in found.says
    assert found.verdict == verdict
    assert bool(found.advice) == (verdict != "fine"), (
        "what is not fine says what to do, what is fine does not"
    )


@pytest.mark.parametrize(
    ("built_for", "capability", "runs"),
    [
        (("sm_80",), (8, 6), True),
        (("sm_86",), (8, 0), False),
        (("sm_90a",), (9, 0), True),
        (("sm_90", "compute_90"), (12, 0), True),
        (("sm_120",), (12, 0), True),
        ((), (7, 0), True),
    ],
)
def test_code_for_a_gpu(built_for: tuple[str, ...], capability: tuple[int, int], runs: bool) -> None:
    probe = replace(CUDA, built_for=built_for, devices=(Device("GPU", GB, capability),))
    assert row("torch and devices", probe=probe).verdict == ("fine" if runs else "wrong")


def test_what_this_system_does_not_tell_is_left_out() -> None:
    silent = replace(FINE, machine=Machine(8, None, None, None, None, 1024))
    assert not {"Memory", "/dev/shm", "File watches"} & {one.name for one in rows(silent)}


def test_sizes() -> None:
    assert [size(number) for number in (0, 999, 1500, 500 * 10**6, 11.24 * GB, 2.5 * 10**12)] == [
        *("0 bytes", "999 bytes", "1.5 kB", "500 MB", "11.2 GB", "2.5 TB"),
    ]
