"""What `conda activate` would take from an environment's folder, read without running anything."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from tunesmith.facts.prefix import is_conda_root, name_of

log = logging.getLogger(__name__)

UNSET = "***unset***"
"""What conda writes for a variable that somebody took back."""


@dataclass(frozen=True)
class CondaEnvironment:
    """`root` is the installation that it belongs to, where one can be told. `scripts` are in their order."""

    prefix: Path
    name: str
    root: Path | None
    variables: Mapping[str, str]
    scripts: tuple[Path, ...]


def read_conda(prefix: Path) -> CondaEnvironment:
    """Never raises: what cannot be read is logged and left out."""
    return CondaEnvironment(prefix, name_of(prefix), _root(prefix), _variables(prefix), _scripts(prefix))


def _root(prefix: Path) -> Path | None:
    if is_conda_root(prefix):
        return prefix
    above = prefix.parent.parent
    return above if prefix.parent.name == "envs" and is_conda_root(above) else None


def _variables(prefix: Path) -> Mapping[str, str]:
    """Those of packages, then those of `conda env config vars set`, which win."""
    found: dict[str, str] = {}
    for file in _entries(prefix / "etc" / "conda" / "env_vars.d"):
        found |= _texts(_json(file))
    state = _json(prefix / "conda-meta" / "state")
    found |= _texts(state.get("env_vars"))
    return {name: value for name, value in found.items() if value != UNSET}


def _scripts(prefix: Path) -> tuple[Path, ...]:
    folder = prefix / "etc" / "conda" / "activate.d"
    return tuple(path for path in _entries(folder) if path.suffix == ".sh")


def _entries(folder: Path) -> list[Path]:
    try:
        return sorted(folder.iterdir())
    except FileNotFoundError:
        return []
    except OSError as error:
        log.warning("%s cannot be listed: %s", folder, error.strerror)
        return []


def _json(file: Path) -> Mapping[str, Any]:
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        log.warning("%s cannot be read: %s", file, error)
        return {}
    return cast("dict[str, Any]", found) if isinstance(found, dict) else {}


def _texts(values: object) -> dict[str, str]:
    return dict(_text_pairs(cast("dict[str, Any]", values))) if isinstance(values, dict) else {}


def _text_pairs(values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, value in values.items():
        # A name or a value that no environment can hold would keep the run from starting.
        if isinstance(value, str) and name and "=" not in name and "\0" not in name + value:
            yield name, value
