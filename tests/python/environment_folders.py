"""Folders as venv and conda leave them: what is read of them is what is really written there."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path


def make_venv(prefix: Path, version: str = "3.12.4", packages: Mapping[str, str] | None = None) -> Path:
    """Its Python."""
    lines = ("home = /usr/bin", "include-system-site-packages = false", f"version = {version}", "")
    write(prefix / "pyvenv.cfg", "\n".join(lines))
    return make_python(prefix, version, packages or {})


def make_conda(
    prefix: Path,
    version: str = "3.11.9",
    packages: Mapping[str, str] | None = None,
    variables: Mapping[str, str] | None = None,
    scripts: Mapping[str, str] | None = None,
) -> Path:
    """Its Python, a link to one that runs."""
    meta = prefix / "conda-meta"
    write(meta / "history", "==> 2026-11-22 02:15:30 <==\n# cmd: conda create -n train python=3.11\n")
    write(meta / f"python-{version}-h955ad1f_0.json", json.dumps({"name": "python", "version": version}))
    if variables:
        write(meta / "state", json.dumps({"version": 1, "env_vars": variables}))
    for name, text in (scripts or {}).items():
        write(prefix / "etc" / "conda" / "activate.d" / name, text)
    return make_python(prefix, version, packages or {})


def make_conda_root(prefix: Path) -> Path:
    python = make_conda(prefix)
    write(prefix / "condabin" / "conda", "#!/bin/sh\n")
    write(prefix / "bin" / "conda", "#!/bin/sh\n")
    return python


def make_python(prefix: Path, version: str, packages: Mapping[str, str]) -> Path:
    minor = ".".join(version.split(".")[:2])
    site = prefix / "lib" / f"python{minor}" / "site-packages"
    site.mkdir(parents=True, exist_ok=True)
    for name, number in packages.items():
        (site / f"{name}-{number}.dist-info").mkdir()
    python = prefix / "bin" / "python"
    python.parent.mkdir(exist_ok=True)
    python.symlink_to(sys.executable)
    return python


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path
