"""debugpy's own adapter, run by the training interpreter: it fits the debugpy that the rank will import."""

from __future__ import annotations

import asyncio
import os
from asyncio import subprocess
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from tunesmith.dap.channel import Channel
from tunesmith.dap.refused import Refused
from tunesmith.facts import interpreter as interpreters
from tunesmith.runs.activation import without_scripts

GRACE = 5.0
"""Seconds for it to let the rank go by itself."""

# `python -m debugpy.adapter`, which, while it waits for a rank, would outlive a killed starter for ever.
_PROGRAM = f"""
import os, runpy, sys, threading, time

def end_with(starter):
    while os.getppid() == starter:
        time.sleep(0.5)
    time.sleep({GRACE})
    os._exit(1)

threading.Thread(target=end_with, args=(int(sys.argv.pop()),), daemon=True).start()
runpy.run_module("debugpy.adapter", run_name="__main__", alter_sys=True)
"""


class DebugpyAdapter:
    """The process and the channel to it."""

    def __init__(self, interpreter: str, process: subprocess.Process) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        self.channel = Channel("debugpy's adapter", process.stdout, process.stdin)
        self._interpreter = interpreter
        self._process = process
        self._errors = asyncio.create_task(_last_words(process))

    async def why_ended(self) -> str:
        """In words for people; waits until it has ended."""
        words = await self._errors
        code = await self._process.wait()
        if "No module named" in words and "debugpy" in words:
            return (
                f"debugpy is not installed in the training interpreter {self._interpreter}. "
                f"Install it there: {self._interpreter} -m pip install debugpy"
            )
        return f"debugpy's adapter ended (code {code}): {words or 'it said nothing'}"

    def let_go(self) -> None:
        """Closing its input makes it let the rank go on."""
        self.channel.close()

    async def end(self, grace: float) -> None:
        """Wait until it has left; after `grace` seconds it is killed."""
        try:
            await asyncio.wait_for(self._process.wait(), grace)
        except TimeoutError:
            with suppress(ProcessLookupError):
                self._process.kill()
            await self._process.wait()
        await self._errors


async def start(interpreter: str, folder: Path) -> DebugpyAdapter:
    """Raises Refused when the interpreter cannot be started. `folder` holds no Python of anybody's."""
    try:
        process = await asyncio.create_subprocess_exec(
            interpreter,
            "-c",
            _PROGRAM,
            str(os.getpid()),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=folder,
            env={**_variables(interpreter), "PYTHONSAFEPATH": "1"},
            start_new_session=True,
        )
    except OSError as error:
        raise Refused(
            f"The training interpreter {interpreter} does not start: {error.strerror}. "
            f"It must still be there while its run is debugged."
        ) from error
    return DebugpyAdapter(interpreter, process)


def _variables(interpreter: str) -> Mapping[str, str]:
    """Those of its environment, without its scripts: they have run once, for the run."""
    found = interpreters.at(Path(interpreter))
    return os.environ if found is None else without_scripts(found, os.environ)


async def _last_words(process: subprocess.Process) -> str:
    """The last line of its standard error, which is read to the end so that it never blocks."""
    assert process.stderr is not None
    last = ""
    async for line in process.stderr:
        last = line.decode("utf-8", "replace").strip() or last
    return last
