"""Letting a debugger in. This process listens on nothing: it looks for a file and connects to who wrote it.

Until somebody asks, debugpy is not imported and nothing is traced; nor is anything traced after the debugger
has gone.
"""

from __future__ import annotations

import json
import os
import stat
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tunesmith.core import locks
from tunesmith.core.layout import AttemptFolder, RunFolder
from tunesmith.runtime.timeouts import Timeouts

LOOK_EVERY = 0.25
"""Seconds. Looking is one call that opens a file which is nearly never there."""

TURN = 0.0002
"""Seconds that one thread may run while another waits; Python's own is 0.005."""


def answer(run: RunFolder, attempt: AttemptFolder, rank: int) -> Debugging:
    """From now on this rank answers debuggers."""
    debugging = Debugging(run, attempt, rank)
    debugging.start()
    return debugging


class Debugging(threading.Thread):
    """Waits for a debugger, serves it, and waits for the next one."""

    def __init__(self, run: RunFolder, attempt: AttemptFolder, rank: int) -> None:
        super().__init__(name="tunesmith-debug", daemon=True)
        # debugpy's marks for its own threads: this one is neither stopped nor shown.
        self.pydev_do_not_trace = True
        self.is_pydev_daemon_thread = True
        self._run_id = run.id
        self._rank = rank
        self._endpoint = attempt.debug_endpoint(rank)
        self._lock = attempt.debug_lock(rank)
        self._last: str | None = None
        self._served = False
        self._attached = threading.Event()
        self._timeouts = Timeouts()

    def ready(self) -> bool:
        """Whether a debugger is attached that has set its breakpoints."""
        return self._attached.is_set() and configured()

    def run(self) -> None:
        while True:
            time.sleep(LOOK_EVERY)
            try:
                asked = self._asked_for()
                if asked is not None:
                    self._serve(int(asked["port"]), int(asked["adapter"]))
            except Exception as error:  # noqa: BLE001 - no debugger is worth a training
                say(f"no debugger: {type(error).__name__}: {error}")

    def _asked_for(self) -> dict[str, Any] | None:
        """What a debugger wrote that waits for this rank; nothing of what was left behind or planted."""
        asked = read_private(self._endpoint)
        if asked is None or asked.get("id") == self._last or asked.get("adapter") != locks.holder(self._lock):
            return None
        self._last = asked.get("id")
        if (asked.get("run"), asked.get("rank")) != (self._run_id, self._rank):
            say(f"{self._endpoint} is meant for another rank, and is not answered")
            return None
        return asked

    def _serve(self, port: int, adapter: int) -> None:
        """Returns when the debugger has gone, however it went; the next one may be there already."""
        with eager():
            debugpy = loaded_debugpy()
            from tunesmith.runtime import tracing

            if not self._served:
                self._served = True
                tracing.never_in_forks()
        try:
            with eager():
                connect(port)
                debugpy.trace_this_thread(False)
            tracing.start()
            self._attached.set()
            say("a debugger is attached")
            while locks.holder(self._lock) == adapter:
                self._timeouts.hold_off()
                time.sleep(LOOK_EVERY)
        finally:
            self._attached.clear()
            disconnect()
            tracing.stop()
            self._timeouts.restore()
        say("the debugger has gone")


def connect(port: int) -> None:
    """`debugpy.connect`, but for waiting until a client has configured it: one that dies first never does."""
    import debugpy  # noqa: T100 - on request
    import pydevd  # pyright: ignore[reportMissingImports] - debugpy brings it

    pydevd.settrace(
        host="127.0.0.1",
        port=port,
        suspend=False,
        wait_for_ready_to_run=False,
        block_until_connected=True,
        notify_stdin=False,
        # Otherwise every data-loading worker would wait for a debugger of its own.
        patch_multiprocessing=False,
        dont_trace_start_patterns=(str(Path(debugpy.__file__).parent),),
    )


def configured() -> bool:
    """Whether the client of the debugger that is connected has said that its breakpoints are set."""
    import pydevd  # pyright: ignore[reportMissingImports] - debugpy brings it

    debugger = pydevd.get_global_debugger()
    return debugger is not None and debugger.is_attached()


def disconnect() -> None:
    """Let go of what an adapter that died, or never answered, left: pydevd makes one connection at a time."""
    import pydevd  # pyright: ignore[reportMissingImports] - debugpy brings it

    debugger = pydevd.get_global_debugger()
    if debugger is not None:
        debugger.dispose_and_kill_all_pydevd_threads()


@contextmanager
def eager() -> Iterator[None]:
    """Threads take turns more often: beside a busy training each of an import's many reads waits for one."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(TURN)
    try:
        yield
    finally:
        sys.setswitchinterval(before)


def loaded_debugpy() -> Any:
    """debugpy, set up for a rank; from the second time on this costs nothing.

    Its warning that the standard library is frozen is left out: that hides no breakpoint of the user's.
    """
    quiet = "PYDEVD_DISABLE_FILE_VALIDATION"
    before = os.environ.get(quiet)
    os.environ[quiet] = before or "1"
    try:
        import debugpy  # noqa: T100 - on request

        debugpy.configure(subProcess=False)  # Its parts are only imported when they are used.
    finally:
        if before is None:
            del os.environ[quiet]
    return debugpy


def read_private(path: Path) -> dict[str, Any] | None:
    """The JSON object in a file that this user alone owns, reads and writes; None for anything else."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return None
    with open(descriptor, encoding="utf-8") as file:
        about = os.fstat(file.fileno())
        private = about.st_uid == os.geteuid() and not about.st_mode & 0o077
        if not (stat.S_ISREG(about.st_mode) and private):
            return None
        try:
            value = json.load(file)
        except ValueError:
            return None
    return value if isinstance(value, dict) else None


def say(text: str) -> None:
    """A line for this rank's log."""
    print(f"tunesmith: {text}", file=sys.stderr, flush=True)
