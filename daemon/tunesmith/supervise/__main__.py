"""The supervisor: `python -m tunesmith.supervise RUN ATTEMPT [--adopt | --parked] [--queue FOLDER]`.

One small process an attempt, with nothing but the standard library. It outlives the daemon, the window and
the terminal; when it is killed the ranks go on, and another one adopts them.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from tunesmith.core.layout import RunFolder
from tunesmith.supervise.course import supervise
from tunesmith.supervise.parked import hold


def main(arguments: list[str]) -> int:
    run, number, options = RunFolder(Path(arguments[0])), int(arguments[1]), arguments[2:]
    home = Path(options[options.index("--queue") + 1]) if "--queue" in options else None
    detach(run.attempt(number).supervisor_log)
    if "--parked" in options:
        hold(run.path, home)
    else:
        supervise(run, number, "--adopt" in options, home)
    return 0


def detach(log: Path) -> None:
    """Leave the starter: a session and a parent of its own, no terminal, no pipes, output to `log`.

    The process that was started ends here at once, so the starter has nothing to wait for later.
    """
    if os.fork():
        os._exit(0)
    os.setsid()
    if os.fork():
        os._exit(0)
    null = os.open(os.devnull, os.O_RDONLY)
    out = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    os.dup2(null, 0)
    os.dup2(out, 1)
    os.dup2(out, 2)
    os.closerange(3, 256)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
