"""`python -m kill_matrix [--quick] [--repeat N] [--only WORDS] [--junitxml FILE]`: play cases, print them.

Each case is played by a process of its own, `--case NUMBER FOLDER`, which prints what it saw as JSON.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import shutil
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from kill_matrix import report, world
from kill_matrix.cases import MATRIX, QUICK, Case
from kill_matrix.play import play
from kill_matrix.played import Played

PATIENCE = 600.0
"""Seconds for one case, and no more."""
AT_ONCE = 2
"""Cases that are played side by side: most of the time one waits for imports."""


def main() -> int:
    parser = argparse.ArgumentParser(prog="npm run kill-matrix --")
    parser.add_argument("--quick", action="store_true", help="one of each kind")
    parser.add_argument(
        "--repeat", type=int, metavar="N", help="play each case N times (3, with --quick once)"
    )
    parser.add_argument(
        "--only", nargs="*", default=[], metavar="WORD", help="cases that have all these words"
    )
    parser.add_argument("--junitxml", type=Path, metavar="FILE", help="write the results for a test runner")
    parser.add_argument("--case", nargs=2, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.case:
        return play_one(int(arguments.case[0]), Path(arguments.case[1]))
    cases = [
        case
        for case in (QUICK if arguments.quick else MATRIX)
        if all(word in str(case) for word in arguments.only)
    ]
    if not cases:
        parser.error("no case has all these words; without --only they are listed as they are played")
    times = arguments.repeat or (1 if arguments.quick else 3)
    results = asyncio.run(play_all([case for case in cases for _ in range(times)]))
    report.summary(results)
    if arguments.junitxml:
        report.write_junit(arguments.junitxml, results)
    return 0 if all(not result.wrong for result in results) else 1


async def play_all(cases: Sequence[Case]) -> list[report.Result]:
    room = asyncio.Semaphore(AT_ONCE)

    async def one(case: Case) -> report.Result:
        async with room:
            result = await in_its_own_process(case)
        report.line(result)
        return result

    return list(await asyncio.gather(*map(one, cases)))


async def in_its_own_process(case: Case) -> report.Result:
    folder = Path(tempfile.mkdtemp(prefix="tunesmith-kill-"))
    begun = time.monotonic()
    words = (sys.executable, "-m", "kill_matrix", "--case", str(MATRIX.index(case)), str(folder))
    player = await asyncio.create_subprocess_exec(*words, stdout=asyncio.subprocess.PIPE)
    try:
        said, _ = await asyncio.wait_for(player.communicate(), PATIENCE)
        played = Played(**json.loads(said))
    except (TimeoutError, json.JSONDecodeError) as error:
        played = Played([f"nothing was heard of it: {error!r}"])
    finally:
        if player.returncode is None:
            player.kill()
            await player.wait()
        sweep(folder)
    if not played.wrong:
        shutil.rmtree(folder, ignore_errors=True)
    else:
        played.wrong.append(f"all of it is in {folder}")
    return report.Result(case, played.wrong, played.notes, time.monotonic() - begun, played.skipped)


def play_one(number: int, folder: Path) -> int:
    try:
        played = asyncio.run(play(MATRIX[number], folder))
    except Exception as error:  # noqa: BLE001 - whatever it is, it is what is wrong with this case
        traceback.print_exc()
        played = Played([f"{type(error).__name__}: {error}"])
    print(json.dumps(asdict(played)))
    return 0


def sweep(folder: Path) -> None:
    """A case that failed leaves processes behind."""
    while left := world.processes(folder):
        for pid in left:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        time.sleep(0.05)


if __name__ == "__main__":
    sys.exit(main())
