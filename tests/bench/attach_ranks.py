"""Attaches debuggers to two ranks and lets them go, again and again; prints what it saw as JSON.

Usage: attach_ranks.py FOLDER TRAINING_PYTHON. Three programs take turns: the script under Tunesmith, the same
script under plain `accelerate launch`, and the same with `debugpy.listen` on a port a rank.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "python"))

from debug_editor import Session  # noqa: E402
from debug_gang import Gang  # noqa: E402
from tunesmith.dap.framing import Decoder, encode  # noqa: E402
from tunesmith.runs import control, store  # noqa: E402
from waiting import until  # noqa: E402

SCRIPT = HERE / "rank_blocks.py"
BREAKPOINT = next(n for n, line in enumerate(SCRIPT.read_text().splitlines(), 1) if "# breakpoint" in line)
ROUNDS, BLOCKS, STEPS = 5, 12, 40
PROGRAMS = ("ours", "plain", "listening")
PATIENCE = 240.0
ENV = {**os.environ, "OMP_NUM_THREADS": "1", "OMP_WAIT_POLICY": "PASSIVE"}


class Program:
    """One of those that take turns."""

    def __init__(self, folder: Path, name: str) -> None:
        self._folder = folder
        self._name = name
        self._block = 0

    def ready(self) -> None:
        until(f"{self._name} is ready", (self._folder / f"ready-{self._name}").exists, PATIENCE)

    def steps(self) -> float:
        """The median step of a block, in milliseconds."""
        self._go(STEPS)
        times = sorted(self._done())
        return times[len(times) // 2]

    @contextlib.contextmanager
    def stepping(self) -> Iterator[None]:
        self._go(None)
        yield
        (self._folder / f"end-{self._name}-{self._block}").touch()
        self._done()

    def _go(self, steps: int | None) -> None:
        partial = self._folder / f"go-{self._name}.partial"
        partial.write_text(json.dumps(steps))
        partial.rename(self._folder / f"go-{self._name}-{self._block}.json")

    def _done(self) -> list[float]:
        done = self._folder / f"done-{self._name}-{self._block}.json"
        until("the end of a block", done.exists, PATIENCE)
        self._block += 1
        return json.loads(done.read_text())


class Socket:
    """A client of one rank that listens, as a launch.json with a port makes it."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), PATIENCE)
        self._decoder = Decoder()
        self._seen: list[dict[str, Any]] = []
        self._number = 0

    def break_at(self, path: Path, line: int) -> None:
        self._ask("initialize", {"adapterID": "python", "linesStartAt1": True, "pathFormat": "path"})
        attach = self._send("attach", {"justMyCode": True})
        self._wait(lambda message: message.get("event") == "initialized")
        self._ask("setBreakpoints", {"source": {"path": str(path)}, "breakpoints": [{"line": line}]})
        self._ask("configurationDone", {})
        self._wait(lambda message: message.get("request_seq") == attach)

    def stands(self) -> bool:
        """Whether the rank has stopped, as far as it has said so."""
        while select.select([self._socket], [], [], 0)[0]:
            self._seen += self._decoder.feed(self._socket.recv(65536))
        return any(message.get("event") == "stopped" for message in self._seen)

    def leave(self) -> None:
        self._ask("disconnect", {"terminateDebuggee": False})
        self._socket.close()

    def _ask(self, command: str, arguments: object) -> None:
        number = self._send(command, arguments)
        self._wait(lambda message: message.get("request_seq") == number)

    def _send(self, command: str, arguments: object) -> int:
        self._number += 1
        message = {"seq": self._number, "type": "request", "command": command, "arguments": arguments}
        self._socket.sendall(encode(message))
        return self._number

    def _wait(self, is_it: Callable[[dict[str, Any]], bool]) -> None:
        while not any(is_it(message) for message in self._seen):
            data = self._socket.recv(65536)
            assert data, "the rank's debug adapter hung up"
            self._seen += self._decoder.feed(data)


def attach_ours(folder: Path, run: str) -> float:
    sessions: list[Session] = []

    def opened(**how: Any) -> Session:
        sessions.append(Session(folder, **how))
        return sessions[-1]

    began = time.monotonic()
    gang = Gang({"request": "attach", "run": run}, 2, opened, {SCRIPT: [BREAKPOINT]})
    stands(lambda: any(session.heard("stopped") for session in gang.ranks.values()))
    took = time.monotonic() - began
    gang.parent.get("disconnect")
    gang.all("terminated")
    for session in sessions:
        session.close()
    return took


def attach_listening(port: int) -> float:
    began = time.monotonic()
    with ThreadPoolExecutor(2) as pool:
        ranks = list(pool.map(Socket, (port, port + 1)))
        list(pool.map(lambda rank: rank.break_at(SCRIPT, BREAKPOINT), ranks))
        stands(lambda: any(rank.stands() for rank in ranks))
        took = time.monotonic() - began
        list(pool.map(Socket.leave, ranks))
    return took


def stands(seen: Callable[[], bool]) -> None:
    """A rank stands, with all under the debugger: the other may wait for it in all-reduce."""
    deadline = time.monotonic() + PATIENCE
    while not seen():
        assert time.monotonic() < deadline, "no rank came to the breakpoint"
        time.sleep(0.005)


def take_turns(programs: dict[str, Program]) -> dict[str, list[float]]:
    """The steps of each, block by block; who is first changes, so that a drift favours nobody."""
    found: dict[str, list[float]] = {name: [] for name in PROGRAMS}
    for block in range(BLOCKS):
        first = block % len(PROGRAMS)
        for name in (*PROGRAMS[first:], *PROGRAMS[:first]):
            found[name].append(programs[name].steps())
    return found


def launched(folder: Path, python: str, name: str, *more: str) -> subprocess.Popen[bytes]:
    options = "--multi_gpu --num_processes 2 --num_machines 1 --mixed_precision no --dynamo_backend no"
    script = [str(SCRIPT), "--folder", str(folder), "--name", name, *more]
    command = [
        python,
        "-m",
        "accelerate.commands.launch",
        *options.split(),
        "--main_process_port",
        "0",
        *script,
    ]
    with open(folder / f"{name}.log", "wb") as log:
        return subprocess.Popen(
            command,
            cwd=folder,
            env={**ENV, "ACCELERATE_USE_CPU": "1"},
            stdout=log,
            stderr=log,
            start_new_session=True,
        )


def started(folder: Path, python: str) -> str:
    recipe = folder / "ranks.train.yaml"
    values = {"folder": str(folder), "name": "ours"}
    recipe.write_text(
        f"script: {SCRIPT}\nargs: {json.dumps(values)}\naccelerate: {{num_processes: 2}}\n", encoding="utf-8"
    )
    command = [
        sys.executable,
        "-m",
        "tunesmith",
        "run",
        str(recipe),
        "--detach",
        "--json",
        "--interpreter",
        python,
    ]
    said = subprocess.run(command, cwd=folder, env=ENV, capture_output=True, text=True, check=True).stdout
    return json.loads(said.splitlines()[-1])["id"]


def free_ports() -> int:
    """The first of two neighbouring ports that are free now."""
    while True:
        with socket.socket() as one, socket.socket() as other:
            one.bind(("127.0.0.1", 0))
            port = one.getsockname()[1]
            with contextlib.suppress(OSError, OverflowError):
                other.bind(("127.0.0.1", port + 1))
                return port


def end(folder: Path, others: list[subprocess.Popen[bytes]]) -> None:
    for home in store.homes([folder]):
        for run in store.runs_in(home):
            control.stop(run, force=True, by="the benchmark")
            until("its end", lambda run=run: store.look(run).state != "running", PATIENCE)
    for process in others:
        # The launcher ends its ranks, which stand in sessions of their own.
        process.send_signal(signal.SIGTERM)
        process.wait(60)


def main(folder: Path, python: str) -> None:
    port = free_ports()
    run = started(folder, python)
    others = [
        launched(folder, python, "plain"),
        launched(folder, python, "listening", "--port", str(port)),
    ]
    try:
        programs = {name: Program(folder, name) for name in PROGRAMS}
        for program in programs.values():
            program.ready()
        before = take_turns(programs)
        seconds: dict[str, list[float]] = {"ours": [], "listening": []}
        for _ in range(ROUNDS):
            with programs["ours"].stepping():
                seconds["ours"].append(attach_ours(folder, run))
            with programs["listening"].stepping():
                seconds["listening"].append(attach_listening(port))
        after = take_turns(programs)
    finally:
        end(folder, others)
    print(json.dumps({"before": before, "attach": seconds, "after": after}))


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve(), sys.argv[2])
