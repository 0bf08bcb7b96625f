"""Which packages an environment holds, read from the names of its `*.dist-info` and `*.egg-info`."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

DIST_INFO = re.compile(r"(?P<name>.+?)-(?P<version>[^-]+)\.dist-info")
# What conda's own packages of torch bring instead.
EGG_INFO = re.compile(r"(?P<name>.+?)-(?P<version>[^-]+)-py3(\.\d+)?\.egg-info")


def versions(site_packages: Sequence[Path]) -> Mapping[str, str]:
    """Version by normalised package name. The first folder wins, as in `sys.path`."""
    found: dict[str, str] = {}
    for folder in site_packages:
        for entry in (*folder.glob("*.dist-info"), *folder.glob("*.egg-info")):
            match = DIST_INFO.fullmatch(entry.name) or EGG_INFO.fullmatch(entry.name)
            if match:
                found.setdefault(normalised(match["name"]), match["version"])
    return found


def normalised(name: str) -> str:
    """The one spelling of a package's name (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def at_least(version: str, *wanted: int) -> bool:
    """Whether the numbers that `version` starts with are `wanted` or more."""
    numbers = tuple(int(part) for part in re.findall(r"\d+", version.split("+")[0])[:3])
    return numbers >= wanted
