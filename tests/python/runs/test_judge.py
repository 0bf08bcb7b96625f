"""How an attempt ended, from what it left behind."""

from __future__ import annotations

import pytest
from tunesmith.core.run import Cause
from tunesmith.supervise.evidence import Evidence, RankEnd
from tunesmith.supervise.judge import judge
from tunesmith.supervise.launcher_log import FirstFailure

FINISHED = RankEnd(11, outcome="finished")
STOPPED = RankEnd(11, outcome="stopped")
FAILED = RankEnd(11, error="ValueError: bad", error_time=5.0)
SILENT = RankEnd(11)

CASES = {
    "all ranks finished": (Evidence(0, {0: FINISHED, 1: FINISHED}), Cause.FINISHED, None),
    "finished, and the launcher failed later": (
        Evidence(1, {0: FINISHED}),
        Cause.FINISHED,
        "All was saved; the launcher then ended with code 1.",
    ),
    "finished before the stop request was seen": (
        Evidence(0, {0: FINISHED}, stopped_by="Ann"),
        Cause.FINISHED,
        None,
    ),
    "finished before the kill": (Evidence(None, {0: FINISHED}, killed_by="Ann"), Cause.FINISHED, None),
    "stopped": (Evidence(0, {0: STOPPED}, stopped_by="Ann"), Cause.STOPPED, None),
    "killed": (Evidence(None, {0: SILENT}, killed_by="Ann"), Cause.KILLED, None),
    "killed while it loaded": (Evidence(None, {}, killed_by="Ann"), Cause.KILLED, None),
    "did not stop": (
        Evidence(None, {0: SILENT}, stopped_by="Ann", overdue=True),
        Cause.KILLED,
        "The ranks gave no sign of life after the stop request and were ended without a checkpoint.",
    ),
    "an exception": (Evidence(1, {0: FAILED}), Cause.FAILED, "ValueError: bad"),
    "an exception after a stop request": (
        Evidence(1, {0: FAILED}, stopped_by="Ann"),
        Cause.FAILED,
        "ValueError: bad",
    ),
    "the first of two exceptions": (
        Evidence(1, {0: RankEnd(11, error="RuntimeError: peer left", error_time=6.0), 1: FAILED}),
        Cause.FAILED,
        "Rank 1: ValueError: bad",
    ),
    "a rank was killed and the other missed it": (
        Evidence(
            1,
            {0: RankEnd(11, error="RuntimeError: peer left", error_time=6.0), 1: SILENT},
            first_failure=FirstFailure(1, "SIGKILL"),
        ),
        Cause.SIGNALLED,
        "Rank 1 was ended by SIGKILL. Nobody asked for that: the system may have run out of memory.",
    ),
    "an orphan that crashed": (
        Evidence(-9, {0: RankEnd(11, code=-11)}),
        Cause.SIGNALLED,
        "Rank 0 was ended by SIGSEGV.",
    ),
    "the launcher was killed while it loaded": (
        Evidence(-15, {}),
        Cause.SIGNALLED,
        "The launcher was ended by SIGTERM.",
    ),
    "the launcher knows no such option": (
        Evidence(2, {}, launcher_says="launch.py: error: unrecognized arguments: --fast"),
        Cause.LAUNCH_FAILED,
        "launch.py: error: unrecognized arguments: --fast",
    ),
    "the launcher said nothing": (
        Evidence(3, {}),
        Cause.LAUNCH_FAILED,
        "The launcher ended with code 3 before a rank started.",
    ),
    "a rank left by os._exit": (
        Evidence(1, {0: SILENT}),
        Cause.FAILED,
        "Rank 0 ended without a word; the launcher's code is 1.",
    ),
    "adopted, and then the ranks vanished": (
        Evidence(None, {0: SILENT, 1: SILENT}),
        Cause.SIGNALLED,
        "Rank 0 vanished without a word: something killed it.",
    ),
    "rank 0 is done and rank 1 hangs in its exit": (
        Evidence(None, {0: STOPPED, 1: SILENT}, stopped_by="Ann", overdue=True),
        Cause.STOPPED,
        "All was saved; rank 1 did not end by itself.",
    ),
    "rank 0 is done and rank 1 failed in its exit": (
        Evidence(1, {0: FINISHED, 1: FAILED}),
        Cause.FAILED,
        "Rank 1: ValueError: bad",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_cause_and_message(case: str) -> None:
    evidence, cause, message = CASES[case]
    end = judge(evidence, 100.0)
    assert end is not None
    assert (end.cause, end.message, end.time) == (cause, message, 100.0)


@pytest.mark.parametrize("ranks", [{}, {0: SILENT}])
def test_nothing_is_made_up_for_what_nobody_saw(ranks: dict[int, RankEnd]) -> None:
    assert judge(Evidence(None, ranks, witnessed=False), 100.0) is None


def test_who_asked_is_kept() -> None:
    end = judge(Evidence(0, {0: STOPPED}, stopped_by="Ann"), 100.0)
    assert end is not None
    assert end.by == "Ann"


def test_an_unseen_exit_code_follows_the_last_words() -> None:
    finished, failed = judge(Evidence(None, {0: FINISHED}), 0.0), judge(Evidence(None, {0: FAILED}), 0.0)
    assert finished is not None
    assert failed is not None
    assert (finished.code, failed.code) == (0, 1)
