"""The scripts of a conda environment are shell: run once, in a shell of their own, for what they export."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

LIMIT = 20.0
"""Seconds for all scripts of an environment together; they take a tenth of one."""

# The scripts are arguments, never text of the program; what they print goes where errors go. `$0` is `env`
# as it was found before they changed the search path.
PROGRAM = 'exec 3>&1 1>&2; for script in "$@"; do . "$script"; done; exec "$0" -0 >&3'
# A shell writes these of itself.
OF_THE_SHELL = frozenset(("_", "SHLVL", "PWD", "OLDPWD"))


class NotActivated(Exception):
    """The scripts did not come to their end; the message says why."""


def run_scripts(
    scripts: Sequence[Path], environment: Mapping[str, str], folder: Path, limit: float = LIMIT
) -> Mapping[str, str]:
    """`environment` as the scripts leave it, sourced in their order in `folder`."""
    bash = shutil.which("bash")
    shell = [bash, "--noprofile", "--norc"] if bash else [shutil.which("sh") or "/bin/sh"]
    command = [*shell, "-c", PROGRAM, shutil.which("env") or "/usr/bin/env", *map(str, scripts)]
    where = f"The activation scripts in {scripts[0].parent}"
    # Files, not pipes: what a script leaves in the background would keep a pipe open.
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
        try:
            process = subprocess.Popen(
                command,
                cwd=folder,
                env=dict(environment),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=errors,
                start_new_session=True,
            )
        except OSError as error:
            raise NotActivated(f"{where} were not run: {error}.") from error
        try:
            code = process.wait(limit)
        except subprocess.TimeoutExpired as error:
            _end(process)
            raise NotActivated(f"{where} did not end within {limit:g} s and were stopped.") from error
        output.seek(0)
        errors.seek(0)
        variables = _read(output.read())
        if code or not variables:
            raise NotActivated(f"{where} ended early (code {code}): {_last_line(errors.read())}")
    return {**variables, **{name: environment[name] for name in OF_THE_SHELL if name in environment}}


def _read(output: bytes) -> dict[str, str]:
    pairs = (os.fsdecode(entry).partition("=") for entry in output.split(b"\0") if entry)
    return {name: value for name, _, value in pairs if name not in OF_THE_SHELL}


def _end(process: subprocess.Popen[bytes]) -> None:
    """With whatever the scripts have started."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _last_line(errors: bytes) -> str:
    lines = [line for line in os.fsdecode(errors).splitlines() if line.strip()]
    return f"{lines[-1].strip()}." if lines else "they said nothing."
