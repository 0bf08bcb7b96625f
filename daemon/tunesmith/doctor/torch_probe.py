"""Whether torch can be imported where training runs, and what it sees: told by that interpreter itself."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

LIMIT = 90.0
"""Seconds; from a cold network disk torch alone takes half of it."""

PROGRAM = """
import json, sys, warnings
said = {"python": ".".join(map(str, sys.version_info[:3]))}
try:
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        import torch
        said["torch"] = torch.__version__
        said["cuda"] = torch.version.cuda
        said["hip"] = getattr(torch.version, "hip", None)
        said["mps"] = bool(torch.backends.mps.is_available())
        if torch.cuda.is_available():
            said["built_for"] = torch.cuda.get_arch_list()
            for index in range(torch.cuda.device_count()):
                one = torch.cuda.get_device_properties(index)
                found = {"name": one.name, "memory": one.total_memory, "capability": [one.major, one.minor]}
                said.setdefault("devices", []).append(found)
    said["warnings"] = [str(one.message) for one in warned if "CUDA" in str(one.message)]
except BaseException as error:
    said["error"] = f"{type(error).__name__}: {error}"
print("\\n" + json.dumps(said))
"""


@dataclass(frozen=True)
class Device:
    name: str
    memory: int
    capability: tuple[int, int]


@dataclass(frozen=True)
class Probe:
    """`error`: why torch could not be imported. `broken`: why the interpreter did not even say that."""

    python: str | None = None
    torch: str | None = None
    cuda: str | None = None
    hip: str | None = None
    mps: bool = False
    devices: tuple[Device, ...] = ()
    built_for: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    error: str | None = None
    broken: str | None = None


def probe(python: Path, environment: Mapping[str, str], limit: float = LIMIT) -> Probe:
    """Run the interpreter once, in an empty folder, so that nothing of a workspace is imported."""
    with tempfile.TemporaryDirectory() as empty:
        try:
            process = subprocess.Popen(
                [str(python), "-c", PROGRAM],
                cwd=empty,
                env={**environment, "PYTHONSAFEPATH": "1"},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
                errors="replace",
                start_new_session=True,
            )
        except OSError as error:
            return Probe(broken=f"it does not start: {error.strerror}")
        try:
            output, errors = process.communicate(timeout=limit)
        except subprocess.TimeoutExpired:
            return Probe(broken=f"it did not say anything within {limit:g} s")
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
    return read(process.returncode, output, errors)


def read(code: int, output: str, errors: str) -> Probe:
    """What the program said. Pure."""
    try:
        said: dict[str, Any] = json.loads(output.strip().splitlines()[-1])
        devices = tuple(
            Device(one["name"], one["memory"], (one["capability"][0], one["capability"][1]))
            for one in said.pop("devices", ())
        )
        said["built_for"] = tuple(said.get("built_for", ()))
        said["warnings"] = tuple(said.get("warnings", ()))
        return Probe(**said, devices=devices)
    except (ValueError, IndexError, KeyError, TypeError, AttributeError):
        last = next((line for line in reversed(errors.splitlines()) if line.strip()), "it said nothing")
        return Probe(broken=f"it ended with code {code}: {last.strip()}")
