"""Everything the doctor looks at, looked at once. The interpreter is run by `probe`, where trusted."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from tunesmith.core.layout import runs_home
from tunesmith.doctor import gpus, machine, network, torch_probe
from tunesmith.doctor.gpus import Gpus
from tunesmith.doctor.machine import Machine
from tunesmith.doctor.network import Network
from tunesmith.doctor.torch_probe import Probe
from tunesmith.facts import interpreter as interpreters
from tunesmith.facts.fitness import absent_from, unusable
from tunesmith.facts.interpreter import Interpreter
from tunesmith.facts.located import expanded
from tunesmith.facts.packages import versions
from tunesmith.runs.activation import without_scripts


@dataclass(frozen=True)
class Asked:
    """`chosen`: the interpreter that the user named for the folder."""

    folder: Path
    chosen: str | None = None
    trusted: bool = True


@dataclass(frozen=True)
class Place:
    """A folder that runs or downloads are written to."""

    path: Path
    free: int | None
    writable: bool


@dataclass(frozen=True)
class Observed:
    asked: Asked
    system: str
    version: str
    python: str
    interpreter: Interpreter | None
    unusable: str
    versions: Mapping[str, str]
    missing: frozenset[str]
    probe: Probe | None
    gpus: Gpus
    machine: Machine
    network: Network
    runs: Place
    cache: Place


def observe(asked: Asked) -> Observed:
    """Takes as long as its slowest part, which is the import of torch."""
    found = interpreters.find(asked.folder, asked.chosen)
    installed = {} if found is None else versions(found.site_packages)
    missing = frozenset[str]() if found is None else absent_from(found.site_packages, installed)
    with ThreadPoolExecutor(max_workers=3) as others:
        probing = others.submit(_probe, found) if found is not None and asked.trusted else None
        seen, connected = others.submit(gpus.look), others.submit(network.this_network)
        return Observed(
            asked=asked,
            system=sys.platform,
            version=metadata.version("tunesmith"),
            python=platform.python_version(),
            interpreter=found,
            unusable=unusable(asked.chosen),
            versions=installed,
            missing=missing,
            probe=None if probing is None else probing.result(),
            gpus=seen.result(),
            machine=machine.this_machine(),
            network=connected.result(),
            runs=_place(runs_home(asked.folder)),
            cache=_place(cache_home(os.environ)),
        )


def cache_home(environment: Mapping[str, str]) -> Path:
    """Where Hugging Face's libraries keep what they fetched."""
    if home := environment.get("HF_HOME"):
        return expanded(home)
    return expanded(environment.get("XDG_CACHE_HOME") or "~/.cache") / "huggingface"


def _probe(found: Interpreter) -> Probe:
    return torch_probe.probe(found.path, without_scripts(found, os.environ))


def _place(path: Path) -> Place:
    return Place(path, machine.free_space(path), machine.is_writable(path))
