"""Slurm's one-word reasons in sentences. Pure."""

from __future__ import annotations

PENDING = {
    "Priority": "jobs with a higher priority stand before it",
    "Resources": "it is next, when the machines that it needs are free",
    "Dependency": "it waits for another job, as its dependency says",
    "DependencyNeverSatisfied": "the job that it depends on can never be satisfied: stop the run",
    "BeginTime": "it may not begin yet",
    "JobHeldUser": "it is held: `scontrol release` lets it go",
    "JobHeldAdmin": "the cluster's administrator holds it",
    "JobLaunchFailure": "the cluster could not launch it and holds it: look into the job's log",
    "launch_failed_requeued_held": "the cluster could not launch it and holds it: look into the job's log",
    "ReqNodeNotAvail": "machines that it asks for are down, drained or reserved",
    "Reservation": "its reservation has not begun",
    "PartitionDown": "the partition is down",
    "PartitionInactive": "the partition takes no jobs now",
    "PartitionNodeLimit": "it asks for more machines than the partition allows: change nodes",
    "PartitionTimeLimit": "it asks for more time than the partition allows: change time",
    "BadConstraints": "no machine fulfils what it asks for: change its options",
    "InvalidAccount": "the account is not valid for it: change account",
    "InvalidQOS": "the quality of service is not valid for it: change qos",
    "AssociationJobLimit": "the account's limit of jobs is reached",
    "AssocGrpGRES": "the account's limit of GPUs is reached",
    "QOSMaxJobsPerUserLimit": "your limit of jobs is reached",
    "QOSMaxGRESPerUser": "your limit of GPUs is reached",
    "QOSMaxCpuPerUserLimit": "your limit of CPUs is reached",
    "Licenses": "licenses that it asks for are in use",
    "Cleaning": "it is being cleaned up after an earlier start",
    "SystemFailure": "the cluster reports a failure of its own",
    "NonZeroExitCode": "an earlier start of it failed",
}
ENDED = {
    "TIMEOUT": "Its time was up and it did not end in time: give it a longer time, or a longer grace.",
    "OUT_OF_MEMORY": "It used more memory than it had asked for: raise mem.",
    "NODE_FAIL": "One of its machines failed.",
    "BOOT_FAIL": "One of its machines did not boot.",
    "DEADLINE": "It could not end before its deadline.",
    "PREEMPTED": "Another job took its machines.",
    "CANCELLED": "It was cancelled.",
    "REVOKED": "Another cluster runs it.",
}


def pending(state: str, reason: str, begins: str) -> str:
    """Why a job does not run."""
    if state == "SUSPENDED":
        return "It is suspended: its machines do something else."
    word = reason.strip("()").partition(",")[0].strip()
    if word in ("", "None"):
        return "Slurm has not looked at it yet."
    when = f" (from {begins.replace('T', ' ')})" if word == "BeginTime" and begins[:1].isdigit() else ""
    told = PENDING.get(word)
    return f"{told[0].upper()}{told[1:]}{when}." if told else f"Slurm's reason: {reason}."


def why_ended(number: str, state: str, code: int | None, reason: str) -> str:
    """How a job ended, when nothing of the run could say it."""
    if told := ENDED.get(state):
        return f"Slurm job {number}: {told[0].lower()}{told[1:]}"
    said = "" if reason in ("", "None", "NonZeroExitCode") else f" ({reason})"
    how = f"exit code {code}" if code and code > 0 else f"signal {-code}" if code else state.lower()
    return f"Slurm job {number} ended before the run could say why: {how}{said}. See the job's log."
