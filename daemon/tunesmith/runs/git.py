"""Asking git, with everything switched off that a repository itself could have run."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

TIMEOUT = 10.0
# A repository's own configuration could name programs to run.
GIT = ("git", "-c", "core.fsmonitor=false", "-c", f"core.hooksPath={os.devnull}")
# Set by a git that started us, for its own repository.
OF_ANOTHER = (
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_OBJECT_DIRECTORY",
    "GIT_COMMON_DIR",
    "GIT_NAMESPACE",
    "GIT_PREFIX",
)


def git(
    folder: Path,
    *arguments: str,
    given: bytes = b"",
    environment: Mapping[str, str] | None = None,
    timeout: float = TIMEOUT,
) -> bytes:
    """What git prints in `folder`. Raises FileNotFoundError where there is no git, SubprocessError when it
    fails or takes too long."""
    inherited = {name: value for name, value in os.environ.items() if name not in OF_ANOTHER}
    return subprocess.run(
        [*GIT, "-C", str(folder), *arguments],
        input=given,
        env={
            **inherited,
            "GIT_OPTIONAL_LOCKS": "0",
            "GIT_TERMINAL_PROMPT": "0",
            # Nothing leaves the machine: what a partial clone lacks is not fetched.
            "GIT_NO_LAZY_FETCH": "1",
            "LC_ALL": "C",
            **(environment or {}),
        },
        capture_output=True,
        timeout=timeout,
        check=True,
    ).stdout


def line(folder: Path, *arguments: str) -> str:
    """The one line that git prints."""
    return os.fsdecode(git(folder, *arguments)).rstrip("\n")


def asked(folder: Path, *arguments: str) -> str | None:
    """The line; None when git says no."""
    try:
        return line(folder, *arguments) or None
    except subprocess.CalledProcessError:
        return None


def top_of(folder: Path) -> Path | None:
    """The root of the working tree that `folder` lies in; None where there is no repository."""
    try:
        return Path(line(folder, "rev-parse", "--show-toplevel"))
    except (OSError, subprocess.SubprocessError):
        return None


def reason(error: Exception) -> str:
    """What git said, or why it said nothing."""
    if isinstance(error, subprocess.CalledProcessError):
        return os.fsdecode(error.stderr).strip() or str(error)
    return str(error)
