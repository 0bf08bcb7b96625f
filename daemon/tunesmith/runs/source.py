"""The code that a run was started from: the commit of its repository and what was not committed."""

from __future__ import annotations

import logging
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path

from tunesmith.runs.git import asked, git, line, reason

log = logging.getLogger(__name__)

LARGEST_UNTRACKED = 256 * 1024
MOST_UNTRACKED = 500
MOST_NAMED = 20
"""Names of files that are kept of those that were left out."""
# Untracked files with such names are left out: a run folder holds no secrets.
SECRETS = (".env*", "*.pem", "*.key", "*.p12", "id_*", "*credential*", "*secret*", "*token*")
# Whatever the user's own configuration says, the patch is one that `git apply` takes.
PATCH = (
    "--binary",
    "--no-ext-diff",
    "--no-textconv",
    "--no-color",
    "--no-relative",
    "--src-prefix=a/",
    "--dst-prefix=b/",
    "--ignore-submodules=dirty",
    "--submodule=short",
    "--unified=3",
)


@dataclass(frozen=True)
class Source:
    """`folder` is the recipe's, from the root of the repository. `left_out` are untracked files that the
    patch lacks: large ones, and those whose names sound secret."""

    repository: str
    folder: str
    commit: str | None
    branch: str | None
    remote: str | None
    dirty: bool
    left_out: tuple[str, ...] = ()


def source_of(folder: Path) -> tuple[Source, bytes] | None:
    """The repository that `folder` lies in, and a patch of what is not committed; None outside of one.

    When git fails or takes too long, the reason is logged and there is none: no run is refused for that.
    """
    try:
        top = Path(line(folder, "rev-parse", "--show-toplevel"))
        commit = asked(top, "rev-parse", "--verify", "--quiet", "HEAD")
        patch, left_out = (b"", []) if commit is None else _patch(top)
        return Source(
            repository=str(top),
            folder=Path(os.path.relpath(folder.resolve(), top.resolve())).as_posix(),
            commit=commit,
            branch=asked(top, "symbolic-ref", "--quiet", "--short", "HEAD"),
            remote=_remote(top),
            dirty=bool(patch or left_out),
            left_out=tuple(left_out[:MOST_NAMED]),
        ), patch
    except FileNotFoundError:
        return None
    except (OSError, subprocess.SubprocessError, ValueError) as error:
        log.info("what %s was started from is not known: %s", folder, reason(error))
        return None


def uncommitted_changes(folder: Path) -> bytes | None:
    """A binary-safe patch against HEAD, small untracked files included; None outside a repository, and
    before its first commit."""
    found = source_of(folder)
    return None if found is None or found[0].commit is None else found[1]


def without_credentials(url: str) -> str:
    """A remote's address as everybody may read it: no user, no password, no query."""
    scheme = re.match(r"[a-zA-Z][a-zA-Z0-9+.-]*://", url)
    if scheme is None:
        # host:path, where ssh's user names nobody; a path of this machine has no @ before its first colon.
        return re.sub(r"^[^/@]*@", "", url)
    rest = re.split(r"[?#]", url[scheme.end() :], maxsplit=1)[0]
    host, slash, path = rest.partition("/")
    return f"{scheme[0]}{host.rpartition('@')[2]}{slash}{path}"


def _remote(top: Path) -> str | None:
    """Of the branch, else `origin`, else the only one."""
    url = asked(top, "ls-remote", "--get-url")
    # Without any remote git answers with the name that it would have looked for.
    return None if url in (None, "origin") else without_credentials(url)


def _patch(top: Path) -> tuple[bytes, list[str]]:
    """Diff through a copy of the index that also names the untracked files; the real one stays as it is."""
    with tempfile.TemporaryDirectory(prefix="tunesmith-index-") as scratch:
        copy = Path(scratch, "index")
        index = top / line(top, "rev-parse", "--git-path", "index")
        if index.exists():
            # With its time: a file as old as the index is read, its size and time alone prove nothing.
            shutil.copy2(index, copy)
        environment = {"GIT_INDEX_FILE": str(copy)}
        untracked = _untracked(top)
        names = _wanted(top, untracked)
        if names:
            listed = b"\0".join(os.fsencode(name) for name in names)
            options = ("--intent-to-add", "--pathspec-from-file=-", "--pathspec-file-nul")
            git(top, "--literal-pathspecs", "add", *options, given=listed, environment=environment)
        patch = git(top, "diff", *PATCH, "HEAD", environment=environment)
        return patch, sorted(set(untracked) - set(names))


def _untracked(top: Path) -> list[str]:
    listed = git(top, "ls-files", "--others", "--exclude-standard", "-z")
    return [name for name in os.fsdecode(listed).split("\0") if name]


def _wanted(top: Path, names: Iterable[str]) -> list[str]:
    return [name for name in names if _is_wanted(top / name)][:MOST_UNTRACKED]


def _is_wanted(path: Path) -> bool:
    secret = any(fnmatch(path.name.lower(), pattern) for pattern in SECRETS)
    return not secret and path.is_file() and path.stat().st_size <= LARGEST_UNTRACKED
