"""The worker that answers in a training interpreter: started when it is first asked, ended when it is late or
idle."""

from __future__ import annotations

import json
import logging
import os
import select
import shutil
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from tunesmith.facts.interpreter import Interpreter
from tunesmith.runs.activation import without_scripts
from tunesmith.runs.launch import OFFLINE
from tunesmith.runs.runtime_copy import runtime_copy

log = logging.getLogger(__name__)

LIMIT = 120.0
"""Seconds for an answer; the first one waits for the libraries, from a cold disk."""
IDLE = 600.0
"""Seconds after the last answer at which the worker gives its memory back."""
LARGEST = 1 << 16


class NoAnswer(Exception):
    """Why, for people."""


@dataclass(frozen=True)
class _Worker:
    process: subprocess.Popen[bytes]
    runtime: Path
    home: Path
    """What it keeps while it lives: the data that it has read."""


class Probe:
    """One worker of one interpreter; questions are answered one after the other. All methods may be called on
    any thread, and wait."""

    def __init__(self, interpreter: Interpreter, limit: float = LIMIT) -> None:
        self._interpreter = interpreter
        self._limit = limit
        self._one = threading.Lock()
        self._worker: _Worker | None = None
        self._idle: threading.Timer | None = None

    def ask(self, question: Mapping[str, Any]) -> dict[str, Any]:
        """Raises NoAnswer."""
        with self._one:
            if self._idle is not None:
                self._idle.cancel()
            try:
                return self._answer(question)
            except (OSError, ValueError) as error:
                self._end()
                raise NoAnswer(f"{self._interpreter.path} did not answer: {error}") from error
            finally:
                self._idle = threading.Timer(IDLE, self.close)
                self._idle.daemon = True
                self._idle.start()

    def close(self) -> None:
        with self._one:
            if self._idle is not None:
                self._idle.cancel()
            self._end()

    def kill(self) -> None:
        """Without waiting for the answer that is being given."""
        worker = self._worker
        if worker is not None:
            _kill(worker.process)

    def _answer(self, question: Mapping[str, Any]) -> dict[str, Any]:
        runtime = runtime_copy()
        alive = self._worker is not None and self._worker.process.poll() is None
        if self._worker is None or not alive or self._worker.runtime != runtime:
            self._end()
            self._worker = self._start(runtime)
        process = self._worker.process
        assert process.stdin is not None
        process.stdin.write(json.dumps(question).encode() + b"\n")
        process.stdin.flush()
        said = cast("dict[str, Any]", json.loads(self._line(process)))
        if "error" in said:
            raise NoAnswer(str(said["error"]))
        return cast("dict[str, Any]", said["result"])

    def _line(self, process: subprocess.Popen[bytes]) -> bytes:
        assert process.stdout is not None
        found, until = b"", time.monotonic() + self._limit
        while not found.endswith(b"\n"):
            ready, _, _ = select.select([process.stdout], [], [], max(0.0, until - time.monotonic()))
            if not ready:
                self._end()
                raise NoAnswer(f"{self._interpreter.path} did not answer within {self._limit:g} s")
            part = os.read(process.stdout.fileno(), LARGEST)
            if not part:
                code = process.wait()
                self._end()
                raise NoAnswer(f"{self._interpreter.path} ended with code {code}")
            found += part
        return found

    def _start(self, runtime: Path) -> _Worker:
        home = Path(tempfile.mkdtemp(prefix="tunesmith-probe-"))
        try:
            process = subprocess.Popen(
                [str(self._interpreter.path), "-m", "tunesmith.runtime.probe"],
                cwd=home,
                env=environment(without_scripts(self._interpreter, os.environ), runtime, home),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
        except OSError:
            shutil.rmtree(home, ignore_errors=True)
            raise
        log.info("process %d answers in %s", process.pid, self._interpreter.path)
        return _Worker(process, runtime, home)

    def _end(self) -> None:
        worker, self._worker = self._worker, None
        if worker is None:
            return
        _kill(worker.process)
        worker.process.wait()
        for pipe in (worker.process.stdin, worker.process.stdout):
            if pipe is not None:
                pipe.close()
        shutil.rmtree(worker.home, ignore_errors=True)


def environment(inherited: Mapping[str, str], runtime: Path, home: Path) -> dict[str, str]:
    """No accelerator, no network, one thread, and nothing of a workspace is imported. Pure."""
    return {
        **inherited,
        "PYTHONPATH": os.pathsep.join(filter(None, [str(runtime), inherited.get("PYTHONPATH")])),
        "PYTHONSAFEPATH": "1",
        "CUDA_VISIBLE_DEVICES": "",
        "OMP_NUM_THREADS": "1",
        "TOKENIZERS_PARALLELISM": "false",
        "HF_DATASETS_CACHE": str(home),
        "HF_DATASETS_DISABLE_PROGRESS_BARS": "1",
        **OFFLINE,
    }


def _kill(process: subprocess.Popen[bytes]) -> None:
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        process.kill()
