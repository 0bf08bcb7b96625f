"""The last words of real launchers (accelerate 1.15 on torch 2.13), shortened."""

from __future__ import annotations

from tunesmith.supervise.launcher_log import exit_codes, reason, signal_name

SIMPLE_KILLED = """\
Traceback (most recent call last):
  File "accelerate/commands/launch.py", line 999, in simple_launcher
    raise subprocess.CalledProcessError(returncode=process.returncode, cmd=cmd)
subprocess.CalledProcessError: Command '['python', '-m', 'runtime', 'RUN']' died with <Signals.SIGKILL: 9>.
"""
SIMPLE_FAILED = SIMPLE_KILLED.replace("died with <Signals.SIGKILL: 9>", "returned non-zero exit status 1")
ELASTIC_KILLED = """\
W1122 02:48:00.000000 97 elastic/multiprocessing/api.py:1010] Sending process 99 closing signal SIGTERM
E1122 02:48:00.000000 97 elastic/multiprocessing/api.py:984] failed (exitcode: -9) local_rank: 1 (pid: 100)
torch.distributed.elastic.multiprocessing.errors.ChildFailedError:
============================================================
tunesmith.runtime FAILED
------------------------------------------------------------
Failures:
  <NO_OTHER_FAILURES>
------------------------------------------------------------
Root Cause (first observed failure):
[0]:
  time      : 2026-11-22_02:48:00
  host      : machine
  rank      : 1 (local_rank: 1)
  exitcode  : -9 (pid: 100)
  error_file: <N/A>
  traceback : Signal 9 (SIGKILL) received by PID 100
============================================================
"""
ELASTIC_BOTH = ELASTIC_KILLED.replace(
    "  <NO_OTHER_FAILURES>",
    """\
[1]:
  time      : 2026-11-22_02:48:00
  host      : machine
  rank      : 1 (local_rank: 1)
  exitcode  : -9 (pid: 100) (SIGKILL)
  error_file: <N/A>
  traceback : Signal 9 (SIGKILL) received by PID 100""",
).replace(
    """\
[0]:
  time      : 2026-11-22_02:48:00
  host      : machine
  rank      : 1 (local_rank: 1)
  exitcode  : -9 (pid: 100)""",
    """\
[0]:
  time      : 2026-11-22_02:48:00
  host      : machine
  rank      : 0 (local_rank: 0)
  exitcode  : 1 (pid: 99)""",
)
UNKNOWN_KEY = """\
Traceback (most recent call last):
  File "accelerate/commands/config/config_args.py", line 136, in from_json_file
ValueError: The config file at accelerate.json had unknown keys (['no_such_key']), please try upgrading
"""


def test_the_simple_launcher_names_the_signal() -> None:
    assert exit_codes(SIMPLE_KILLED.splitlines()) == {0: -9}


def test_the_simple_launcher_names_the_code() -> None:
    assert exit_codes(SIMPLE_FAILED.splitlines()) == {0: 1}


def test_the_elastic_launcher_names_rank_and_signal() -> None:
    assert exit_codes(ELASTIC_KILLED.splitlines()) == {1: -9}


def test_all_ranks_that_failed_are_read_whichever_is_called_the_first() -> None:
    assert exit_codes(ELASTIC_BOTH.splitlines()) == {1: -9, 0: 1}


def test_other_words_tell_of_no_rank() -> None:
    assert exit_codes(UNKNOWN_KEY.splitlines()) == {}
    assert exit_codes(["rank : 3", "exitcode : -9"]) == {}


def test_the_reason_is_the_last_error_line() -> None:
    last = UNKNOWN_KEY.splitlines()[-1]
    assert reason([*UNKNOWN_KEY.splitlines(), "", "cleaning up"]) == last
    assert reason(["/env/bin/python: No module named accelerate.commands"]) == (
        "/env/bin/python: No module named accelerate.commands"
    )
    assert reason(["it just ended", ""]) == "it just ended"
    assert reason(["", "  "]) is None


def test_signals_without_a_name_keep_their_number() -> None:
    assert (signal_name(9), signal_name(99)) == ("SIGKILL", "signal 99")
