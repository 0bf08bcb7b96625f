"""How an attempt ended, from what it left behind."""

from __future__ import annotations

import pytest
from tunesmith.core.run import Cause
from tunesmith.supervise.evidence import Evidence, RankEnd
from tunesmith.supervise.judge import judge
from tunesmith.supervise.words import explained, is_consequence

FINISHED = RankEnd(11, outcome="finished")
STOPPED = RankEnd(11, outcome="stopped")
FAILED = RankEnd(11, error="ValueError: bad", time=5.0)
SILENT = RankEnd(11)
KILLED = RankEnd(11, code=-9)
MISSED = RankEnd(11, error="RuntimeError: Connection reset by peer", time=6.0)
PORT = (
    "ConnectionError: Tried to launch distributed communication on port `29500`, but another process is "
    "utilizing it. Please specify a different port (such as using the `--main_process_port` flag"
)

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
    "answered the SIGTERM of a stop with another one": (
        Evidence(1, {0: RankEnd(11, code=-15), 1: STOPPED}, stopped_by="Ann"),
        Cause.STOPPED,
        None,
    ),
    "failed while it answered the SIGTERM of a stop": (
        Evidence(1, {0: FAILED, 1: RankEnd(11, code=-15)}, stopped_by="Ann"),
        Cause.FAILED,
        "Rank 0: ValueError: bad",
    ),
    "killed": (Evidence(None, {0: SILENT}, killed_by="Ann"), Cause.KILLED, None),
    "killed while it loaded": (Evidence(None, {}, killed_by="Ann"), Cause.KILLED, None),
    "did not stop": (
        Evidence(None, {0: SILENT}, stopped_by="Ann", overdue=75.0),
        Cause.KILLED,
        "The ranks gave no sign of life for 1 min 15 s after the stop request "
        "and were ended without a checkpoint.",
    ),
    "an exception": (Evidence(1, {0: FAILED}), Cause.FAILED, "ValueError: bad"),
    "an exception after a stop request": (
        Evidence(1, {0: FAILED}, stopped_by="Ann"),
        Cause.FAILED,
        "ValueError: bad",
    ),
    "the first of two exceptions": (
        Evidence(1, {0: RankEnd(11, error="RuntimeError: bad, too", time=6.0), 1: FAILED}),
        Cause.FAILED,
        "Rank 1: ValueError: bad",
    ),
    "a rank failed when the others were done": (
        Evidence(
            1,
            {
                0: RankEnd(11, outcome="finished", time=4.0),
                1: RankEnd(12, outcome="finished", time=4.1),
                2: MISSED,
            },
        ),
        Cause.FAILED,
        "Rank 2: RuntimeError: Connection reset by peer",
    ),
    "a rank was killed and the other missed it": (
        Evidence(1, {0: MISSED, 1: KILLED}),
        Cause.SIGNALLED,
        "Rank 1 was ended by SIGKILL. Nobody asked for that: the system may have run out of memory.",
    ),
    "a rank was killed for its memory": (
        Evidence(1, {0: MISSED, 1: RankEnd(11, code=-9, memory=14_240_000_000)}, out_of_memory=True),
        Cause.SIGNALLED,
        "Rank 1 was ended by SIGKILL. The system was out of memory and killed it. It last used 14.2 GB. "
        "Use a smaller batch, shorter rows or fewer processes, or end what else runs here; then resume.",
    ),
    "the first error by the clock is that of a rank that missed the other": (
        Evidence(
            1,
            {
                0: RankEnd(11, error="RuntimeError: Connection closed by peer [::1]:5", time=4.9),
                1: RankEnd(12, error="ValueError: bad", time=5.0),
            },
        ),
        Cause.FAILED,
        "Rank 1: ValueError: bad",
    ),
    "an error, and the other rank's library gave up": (
        Evidence(1, {0: RankEnd(11, code=-6), 1: FAILED}),
        Cause.FAILED,
        "Rank 1: ValueError: bad",
    ),
    "two ranks missed each other": (
        Evidence(1, {0: MISSED, 1: RankEnd(12, error="RuntimeError: Broken pipe", time=5.5)}),
        Cause.FAILED,
        "Rank 1: RuntimeError: Broken pipe",
    ),
    "a rank was done first and the others missed it": (
        Evidence(1, {0: MISSED, 1: FINISHED}),
        Cause.FAILED,
        "Rank 1 was done before rank 0 and the others waited for it in vain. "
        "All ranks must take the same number of steps.",
    ),
    "a rank was done first and the others waited until they were ended": (
        Evidence(None, {0: SILENT, 1: FINISHED}),
        Cause.FAILED,
        "Rank 1 was done before rank 0 and the others waited for it in vain. "
        "All ranks must take the same number of steps.",
    ),
    "rank 0 was killed while it saved what the others had done with": (
        Evidence(1, {0: KILLED, 1: FINISHED}),
        Cause.SIGNALLED,
        "Rank 0 was ended by SIGKILL. Nobody asked for that: the system may have run out of memory.",
    ),
    "a rank left by os._exit and the other missed it": (
        Evidence(1, {0: MISSED, 1: RankEnd(12, code=7)}),
        Cause.FAILED,
        "Rank 1 ended with exit code 7 and no error message.",
    ),
    "a rank left by os._exit(0) and the other missed it": (
        Evidence(1, {0: MISSED, 1: SILENT}),
        Cause.FAILED,
        "Rank 1 ended without a word, and the others then missed it.",
    ),
    "of two that left without a word the one that was missed first": (
        Evidence(1, {0: MISSED, 1: RankEnd(12, gone=8.0), 2: RankEnd(13, gone=7.5)}),
        Cause.FAILED,
        "Rank 2 ended without a word, and the others then missed it.",
    ),
    "a full disk that a rank could tell of": (
        Evidence(1, {0: RankEnd(11, error="OSError: [Errno 28] No space left on device")}, disk_free=0),
        Cause.FAILED,
        "The disk is full. Free some space and train again. (OSError: [Errno 28] No space left on device)",
    ),
    "a full disk that no rank could tell of": (
        Evidence(1, {0: RankEnd(11, code=1)}, disk_free=4096),
        Cause.FAILED,
        "The disk is full. Free some space and train again. "
        "(Rank 0 ended with exit code 1 and no error message)",
    ),
    "a port that is taken": (
        Evidence(1, launcher_says=PORT),
        Cause.LAUNCH_FAILED,
        "Port 29500 is in use by another process. Set another main_process_port under accelerate: "
        "in the recipe. A run of one machine may leave it out: then a free port is taken.",
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
        Evidence(1, {0: RankEnd(11, code=1)}),
        Cause.FAILED,
        "Rank 0 ended with exit code 1 and no error message.",
    ),
    "adopted, and then the ranks vanished": (
        Evidence(None, {0: SILENT, 1: RankEnd(12, gone=7.0)}),
        Cause.SIGNALLED,
        "Rank 1 vanished without a word: something killed it. The others waited for it and were ended.",
    ),
    "rank 0 is done and rank 1 hangs in its exit": (
        Evidence(None, {0: STOPPED, 1: SILENT}, stopped_by="Ann", overdue=75.0),
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


@pytest.mark.parametrize(
    "error",
    [
        "RuntimeError: [../gloo/transport/tcp/pair.cc:547] Connection closed by peer [127.0.0.1]:31337",
        "RuntimeError: Timed out waiting 1800000ms for recv operation to complete",
        "DistBackendError: NCCL error in: ProcessGroupNCCL.cpp:2251, remote process exited or network error",
        "DistStoreError: wait timeout after 300000ms, keys: /worker/1",
    ],
)
def test_words_about_another_rank(error: str) -> None:
    assert is_consequence(error)


@pytest.mark.parametrize(
    "error",
    [
        "OutOfMemoryError: CUDA out of memory. Tried to allocate 2.00 GiB. GPU 0 has 4.1 GiB free",
        "ValueError: expected sequence of length 12 at dim 1 (got 9)",
        "KeyError: 'eval_f1'",
    ],
)
def test_words_about_the_rank_itself(error: str) -> None:
    assert not is_consequence(error)
    assert explained(error) == error


@pytest.mark.parametrize(
    "error",
    [
        "DistNetworkError: The server socket has failed to listen on any local network address. "
        "port: 29500, useIpv6: false, code: -98, name: EADDRINUSE, message: address already in use",
        "RuntimeError: The server socket failed to bind to [::]:29500 (errno: 98 - Address already in use)",
    ],
)
def test_a_taken_port_is_named(error: str) -> None:
    assert explained(error).startswith("Port 29500 is in use")


# The last: the power went while rank 0 saved what the other had done with.
@pytest.mark.parametrize("ranks", [{}, {0: SILENT}, {0: SILENT, 1: FINISHED}])
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
