"""A target profile: where a recipe will run, for people who edit on one machine and train on another."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

DIGITS = re.compile(r"[0-9]{1,3}")


@dataclass(frozen=True)
class Gpu:
    """`count` on each machine. `capability` as (major, minor) of CUDA's compute capability; None: unknown."""

    name: str
    count: int = 1
    memory_gib: float | None = None
    capability: tuple[int, int] | None = None


@dataclass(frozen=True)
class Target:
    """What is None is unknown. `gpus` may be empty: then there is none."""

    packages: Mapping[str, str] | None = None
    python: str | None = None
    gpus: tuple[Gpu, ...] | None = None
    machines: int | None = None
    cpus: int | None = None
    memory_gib: float | None = None
    disk_free_gib: float | None = None
    ports_in_use: frozenset[int] | None = None


@dataclass(frozen=True)
class NotATarget(Exception):
    """What in a profile cannot be read, and where."""

    key: str
    expected: str

    def __str__(self) -> str:
        return f"{self.key}: expected {self.expected}"


def read_target(values: Mapping[str, Any]) -> Target:
    """A profile of plain values. Raises NotATarget for a wrong form; unknown keys are left alone."""
    packages = _typed(values, "packages", dict, "a mapping of names to versions")
    ports = _typed(values, "ports_in_use", list, "a list of ports")
    gpus = _typed(values, "gpus", list, "a list of GPUs")
    return Target(
        packages=None
        if packages is None
        else {str(name): str(version) for name, version in packages.items()},
        python=_text(values, "python"),
        gpus=None if gpus is None else tuple(_gpu(index, one) for index, one in enumerate(gpus)),
        machines=_whole(values, "machines"),
        cpus=_whole(values, "cpus"),
        memory_gib=_number(values, "memory_gib"),
        disk_free_gib=_number(values, "disk_free_gib"),
        ports_in_use=None if ports is None else frozenset(port for port in ports if isinstance(port, int)),
    )


def _gpu(index: int, value: object) -> Gpu:
    if not isinstance(value, dict):
        raise NotATarget(f"gpus[{index}]", "a mapping with name, count and memory_gib")
    one = cast(Mapping[str, Any], value)
    written = _text(one, "compute_capability")
    major, _, minor = (written or "").partition(".")
    known = DIGITS.fullmatch(major) and DIGITS.fullmatch(minor)
    return Gpu(
        _text(one, "name") or "GPU",
        _whole(one, "count") or 1,
        _number(one, "memory_gib"),
        (int(major), int(minor)) if known else None,
    )


def _typed(values: Mapping[str, Any], key: str, kind: type, expected: str) -> Any:
    value = values.get(key)
    if value is not None and not isinstance(value, kind):
        raise NotATarget(key, expected)
    return value


def _text(values: Mapping[str, Any], key: str) -> str | None:
    value = values.get(key)
    return None if value is None else str(value)


def _whole(values: Mapping[str, Any], key: str) -> int | None:
    value = _typed(values, key, int, "a whole number")
    return cast("int | None", value)


def _number(values: Mapping[str, Any], key: str) -> float | None:
    value = values.get(key)
    if value is not None and (isinstance(value, bool) or not isinstance(value, int | float)):
        raise NotATarget(key, "a number")
    return value
