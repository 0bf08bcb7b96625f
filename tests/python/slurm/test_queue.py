"""What Slurm prints about jobs. The texts were printed by Slurm 22.05.8."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tunesmith.core.job import Job, JobState
from tunesmith.runs.engines.slurm.queue import job, read_sacct, read_show, read_squeue, read_submitted

SQUEUE = """\
12|PENDING||N/A|(Priority)
13|PENDING||2026-11-22T10:00:00|BeginTime
14|RUNNING|n[1-2]|2026-11-22T09:29:19|None
15|COMPLETING|n1|2026-11-22T09:29:19|None
16|PENDING||N/A|JobHeldUser
17|SUSPENDED|n1|2026-11-22T09:29:19|None
18|PENDING||N/A|ReqNodeNotAvail, UnavailableNodes:n[1-2]
19|PENDING||N/A|SomethingNew
"""
SHOW = (
    "JobId=1 JobName=job.sh UserId=root(0) GroupId=root(0) MCS_label=N/A Priority=4294901759 Nice=0 "
    "Account=(null) QOS=(null) JobState=FAILED Reason=NonZeroExitCode Dependency=(null) Requeue=1 Restarts=0 "
    "BatchFlag=1 Reboot=0 ExitCode=3:0 RunTime=00:00:00 TimeLimit=UNLIMITED TimeMin=N/A "
    "SubmitTime=2026-11-22T09:29:18 EndTime=2026-11-22T09:29:19 Deadline=N/A NodeList=n[1-2] "
    "Command=/tmp/a job.sh WorkDir=/tmp JobState_of_another=1\n"
)
SACCT_OF_A_FILE = "1|FAILED|2026-11-22T09:29:19\n2|CANCELLED by 0|2026-11-22T09:30:00\n"
SACCT = (
    "1|COMPLETED|0:0|2026-11-22T09:29:19\n1.batch|FAILED|1:0|2026-11-22T09:29:19\n3|TIMEOUT|0:15|Unknown\n"
)


def test_squeue_tells_why_a_job_waits() -> None:
    found = read_squeue(SQUEUE)
    assert {number: (one.state.value, one.reason) for number, one in found.items()} == {
        "12": ("pending", "Jobs with a higher priority stand before it."),
        "13": ("pending", "It may not begin yet (from 2026-11-22 10:00:00)."),
        "14": ("running", None),
        "15": ("running", None),
        "16": ("pending", "It is held: `scontrol release` lets it go."),
        "17": ("pending", "It is suspended: its machines do something else."),
        "18": ("pending", "Machines that it asks for are down, drained or reserved."),
        "19": ("pending", "Slurm's reason: SomethingNew."),
    }


def test_scontrol_tells_how_a_job_ended() -> None:
    found = read_show(SHOW)
    assert found is not None
    assert (found.id, found.state, found.code, found.asked) == ("1", JobState.ENDED, 3, False)
    assert found.ended is not None
    assert found.reason == ("Slurm job 1 ended before the run could say why: exit code 3. See the job's log.")


def test_sacct_tells_it_with_and_without_accounting() -> None:
    of_file = read_sacct(SACCT_OF_A_FILE)
    assert [(one.id, one.state, one.asked) for one in of_file.values()] == [
        ("1", JobState.ENDED, False),
        ("2", JobState.ENDED, True),
    ]
    found = read_sacct(SACCT)
    assert found["1"].code == 0
    assert (found["3"].code, found["3"].ended) == (-15, None)
    assert found["3"].reason is not None
    assert found["3"].reason.startswith("Slurm job 3: its time was up")


@pytest.mark.parametrize(
    ("state", "word"),
    [
        ("NODE_FAIL", "one of its machines failed"),
        ("OUT_OF_MEMORY", "more memory than it had asked for"),
        ("CANCELLED by 1000", "it was cancelled"),
        ("PREEMPTED", "another job took its machines"),
    ],
)
def test_an_end_is_told_in_words(state: str, word: str) -> None:
    found = job("5", state, "None")
    assert found.state is JobState.ENDED
    assert found.reason is not None
    assert word in found.reason


def test_sbatch_says_the_id_among_other_lines() -> None:
    assert read_submitted("12\n") == "12"
    assert read_submitted("12;cluster\n") == "12"
    assert read_submitted("a plugin says hello\n34\n") == "34"
    assert read_submitted("sbatch: nothing\n") is None


LINES = st.text(st.sampled_from("0123456789|:-.=PENDIGRU [](),\nné"), max_size=200)


@given(LINES)
def test_no_text_breaks_a_reader(text: str) -> None:
    shown = read_show(text)
    found: list[Job] = [*read_squeue(text).values(), *read_sacct(text).values(), *([shown] if shown else [])]
    assert all(one.id.isdecimal() for one in found)
    assert read_submitted(text) is None or read_submitted(text)


@given(st.lists(st.tuples(st.integers(1, 99), st.sampled_from(["PENDING", "RUNNING"]), LINES)))
def test_every_listed_job_is_found_whatever_its_reason(rows: list[tuple[int, str, str]]) -> None:
    rows = [(number, state, reason.replace("\n", " ").strip() or "None") for number, state, reason in rows]
    found = read_squeue("\n".join(f"{number}|{state}|n1|N/A|{reason}" for number, state, reason in rows))
    expected = {str(number): state.lower() for number, state, _ in rows}
    assert {number: one.state.value for number, one in found.items()} == expected
