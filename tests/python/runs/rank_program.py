"""A rank as `tunesmith.runtime` runs it, with a small training of its own in the place of a stage's.

Two ranks add up a tensor over gloo, step by step. What rank 1 does at its third step is the name in the
recipe: that is how a test chooses the way in which a rank is lost.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from datetime import timedelta

from tunesmith.core.run import Phase
from tunesmith.runtime import __main__ as runtime
from tunesmith.stages.table import Stage


@dataclass(frozen=True)
class Config:
    ending: str = ""


def main(config: Config, context) -> None:
    import torch
    import torch.distributed as dist

    dist.init_process_group("gloo", timeout=timedelta(minutes=30))
    number = torch.ones(1)
    for step in range(1, 1_000_000):
        if context.rank == 1 and step == 3:
            END[config.ending]()
            if config.ending == "returns":
                return
        dist.all_reduce(number)
        context.progress(Phase.TRAINING, step=step)
        print(f"rank {context.rank} took step {step}", flush=True)
        if config.ending == "goes on":
            time.sleep(0.05)


def raises() -> None:
    raise ValueError("rank 1 read a row without a label")


def holds_the_line() -> None:
    """A child that lives on keeps the connections open: the other rank cannot notice that this one left."""
    subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"], close_fds=False)
    os._exit(0)


END = {
    "goes on": lambda: None,
    "returns": lambda: None,
    "raises": raises,
    "sys.exit": lambda: sys.exit(3),
    "os._exit": lambda: os._exit(0),
    "killed": lambda: os.kill(os.getpid(), signal.SIGKILL),
    "holds the line": holds_the_line,
}

if __name__ == "__main__":
    sys.modules["rank_program"] = sys.modules["__main__"]
    runtime.stage = lambda name: Stage("train", "", "rank_program:Config", "rank_program:main")
    sys.exit(runtime.main(sys.argv[1:]))
