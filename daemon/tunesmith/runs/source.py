"""The uncommitted changes of the repository that a recipe stands in."""

from __future__ import annotations

import logging
import os
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from fnmatch import fnmatch
from pathlib import Path

log = logging.getLogger(__name__)

TIMEOUT = 10.0
LARGEST_UNTRACKED = 256 * 1024
MOST_UNTRACKED = 500
# Untracked files with such names are left out: a run folder holds no secrets.
SECRETS = (".env*", "*.pem", "*.key", "*.p12", "id_*", "*credential*", "*secret*", "*token*")
# A repository's own configuration could name programs to run.
GIT = ("git", "-c", "core.fsmonitor=false", "-c", f"core.hooksPath={os.devnull}")


def uncommitted_changes(folder: Path) -> bytes | None:
    """A binary-safe patch against HEAD, small untracked files included; None outside a repository.

    When git fails or takes too long, the reason is logged and there is no patch: no run is refused for that.
    """
    try:
        top = Path(_git(folder, "rev-parse", "--show-toplevel").decode().strip())
        return _patch(top)
    except FileNotFoundError:
        return None
    except (OSError, subprocess.SubprocessError) as error:
        log.info("no source.patch for %s: %s", folder, _reason(error))
        return None


def _patch(top: Path) -> bytes:
    """Diff through a copy of the index that also names the untracked files; the real one stays as it is."""
    with tempfile.TemporaryDirectory(prefix="tunesmith-index-") as scratch:
        copy = Path(scratch, "index")
        index = top / _git(top, "rev-parse", "--git-path", "index").decode().strip()
        if index.exists():
            shutil.copyfile(index, copy)
        environment = {"GIT_INDEX_FILE": str(copy)}
        names = [name for name in _untracked(top) if _wanted(top / name)][:MOST_UNTRACKED]
        if names:
            listed = "\0".join(names).encode()
            options = ("--intent-to-add", "--pathspec-from-file=-", "--pathspec-file-nul")
            _git(top, "--literal-pathspecs", "add", *options, given=listed, environment=environment)
        options = ("--binary", "--no-ext-diff", "--no-textconv", "--no-color")
        return _git(top, "diff", *options, "HEAD", environment=environment)


def _untracked(top: Path) -> list[str]:
    listed = _git(top, "ls-files", "--others", "--exclude-standard", "-z")
    return [name for name in os.fsdecode(listed).split("\0") if name]


def _wanted(path: Path) -> bool:
    secret = any(fnmatch(path.name.lower(), pattern) for pattern in SECRETS)
    return not secret and path.is_file() and path.stat().st_size <= LARGEST_UNTRACKED


def _git(
    folder: Path, *arguments: str, given: bytes = b"", environment: Mapping[str, str] | None = None
) -> bytes:
    return subprocess.run(
        [*GIT, "-C", str(folder), *arguments],
        input=given,
        env={**os.environ, "GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0", **(environment or {})},
        capture_output=True,
        timeout=TIMEOUT,
        check=True,
    ).stdout


def _reason(error: Exception) -> str:
    if isinstance(error, subprocess.CalledProcessError):
        return os.fsdecode(error.stderr).strip() or str(error)
    return str(error)
