"""Run by the training interpreter: replays everything, with `--slow` what takes minutes too, as JSON."""

from __future__ import annotations

import faulthandler
import json
import os
import sys
import tempfile
import warnings
from dataclasses import asdict
from pathlib import Path

# Errors of GPUs are those of a machine without one, and nothing is fetched.
os.environ |= {"CUDA_VISIBLE_DEVICES": "", "HF_HUB_OFFLINE": "1", "TOKENIZERS_PARALLELISM": "false"}

LIMIT = 240
"""Seconds. What waits longer waits for nothing."""


def main() -> None:
    warnings.simplefilter("ignore")
    faulthandler.dump_traceback_later(LIMIT, exit=True)
    # The libraries' own output goes beside the answer.
    answer = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    from corpus.replays import adapters, arguments, data, deepspeed, launching, models, runs
    from corpus.replays.replay import play

    os.environ["HF_HOME"] = tempfile.mkdtemp()
    rooms = (arguments, adapters, models, launching, deepspeed, data, runs)
    slow = "--slow" in sys.argv[1:]
    with tempfile.TemporaryDirectory() as root:
        replays = [one for room in rooms for one in room.REPLAYS if slow or not one.slow]
        found = [play(one, Path(root) / str(index)) for index, one in enumerate(replays)]
    json.dump([asdict(one) for one in found], answer)
    answer.flush()
    # Nothing that the errors hold is taken down on the way.
    os._exit(0)


if __name__ == "__main__":
    main()
