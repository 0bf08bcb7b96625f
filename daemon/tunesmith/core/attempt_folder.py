"""The files of one attempt of a run, as `core.layout` has those of the run itself."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class AttemptFolder:
    """`attempts/N/` of a run."""

    path: Path

    @property
    def number(self) -> int:
        return int(self.path.name)

    @property
    def plan(self) -> Path:
        """`core.plan.Plan`, there from the beginning: why there is this attempt and what it goes on from.
        Absent for a plain first attempt."""
        return self.path / "plan.json"

    def proof(self, rank: int) -> Path:
        """Written by the rank when a resumed training has loaded its checkpoint, and when more is known:
        `core.proof.Proof`."""
        return self.path / "proof" / f"rank-{rank}.json"

    @property
    def replay(self) -> Path:
        """Append-only, written by rank 0: what it logged after each checkpoint, for whoever repeats it."""
        return self.path / "replay.jsonl"

    @property
    def dry_run(self) -> Path:
        """Written by rank 0 of a dry run: what its one step took and held, and its first batch."""
        return self.path / "dry-run.json"

    @property
    def started(self) -> Path:
        """Written by the supervisor before it launches: argv, pid, time."""
        return self.path / "started.json"

    @property
    def exit(self) -> Path:
        """Written by the supervisor when nothing of the attempt is alive any more: `core.run.Exit`."""
        return self.path / "exit.json"

    @property
    def stop_request(self) -> Path:
        """Written in place by whoever wants a graceful stop; rank 0 looks at it at every optimizer step."""
        return self.path / "stop-request.json"

    @property
    def kill_request(self) -> Path:
        """Written in place by whoever wants an immediate end; the supervisor looks at it."""
        return self.path / "kill-request.json"

    @property
    def epoch_request(self) -> Path:
        """Written in place by whoever wants a graceful stop at the end of the epoch."""
        return self.path / "stop-after-epoch.json"

    @property
    def pause_request(self) -> Path:
        """Written in place by whoever wants the ranks to hold, wiped by whoever wants them to go on. Its `id`
        tells one pause from the next."""
        return self.path / "pause-request.json"

    @property
    def launcher_log(self) -> Path:
        return self.path / "log" / "launcher.log"

    @property
    def supervisor_log(self) -> Path:
        return self.path / "log" / "supervisor.log"

    def machine_log(self, machine: int) -> Path:
        """What the process says that sees to the ranks of another machine than the first."""
        return self.path / "log" / f"machine-{machine}.log"

    def launcher_log_of(self, machine: int) -> Path:
        """As `launcher_log`, of another machine than the first."""
        return self.path / "log" / f"launcher-{machine}.log"

    def machine_sign(self, machine: int) -> Path:
        """A sign of life of another machine than the first, written by it every few seconds: its host, and
        whether it reaches the first one."""
        return self.path / f"machine-{machine}.json"

    def machine_end(self, machine: int) -> Path:
        """Written by another machine than the first when nothing of the attempt lives there any more."""
        return self.path / "ends" / f"machine-{machine}.json"

    def rank_log(self, rank: int) -> Path:
        return self.path / "log" / f"rank-{rank}.log"

    def rank_error(self, rank: int) -> Path:
        """The exception that ended a rank, written by that rank: type, message, traceback."""
        return self.path / "errors" / f"rank-{rank}.json"

    def rank_record(self, rank: int) -> Path:
        """Written by the rank when it starts: pid, world size, versions."""
        return self.path / "ranks" / f"{rank}.json"

    def rank_parts(self, rank: int) -> Path:
        """Written by a rank that trains a model in parts before its first step: in which way, and how many of
        all parameters it holds."""
        return self.path / "ranks" / f"{rank}.parts.json"

    def rank_end(self, rank: int) -> Path:
        """Written by the rank at its end if nothing went wrong: time and outcome, finished or stopped."""
        return self.path / "ends" / f"rank-{rank}.json"

    @property
    def heartbeat(self) -> Path:
        """On a cluster: the time and the machine, written every few seconds by the attempt's supervisor."""
        return self.path / "heartbeat.json"

    @property
    def job_script(self) -> Path:
        """On a cluster: the batch script that was submitted."""
        return self.path / "job.sh"

    @property
    def job_log(self) -> Path:
        """On a cluster: what the batch script and the scheduler print."""
        return self.path / "log" / "job.log"

    @property
    def resources(self) -> Path:
        """What each rank used when the supervisor last looked; written again and again."""
        return self.path / "resources.json"

    @property
    def hang(self) -> Path:
        """Made by the supervisor when the ranks make no step any more, gone when they do again."""
        return self.path / "hang.json"

    @property
    def grace(self) -> Path:
        """Written by the supervisor after a stop request, and again when that changes: how many seconds the
        ranks may give no sign of life, and why it is so long."""
        return self.path / "stop-grace.json"

    @property
    def reserve(self) -> Path:
        """Room that the supervisor keeps for `exit` on a disk that becomes full."""
        return self.path / ".reserve"

    @property
    def stop_step(self) -> Path:
        """Written in place by rank 0 after a stop request: the optimizer step at which all ranks stop."""
        return self.path / "stop-step.json"

    @property
    def stop_epoch(self) -> Path:
        """Written in place by rank 0 after an epoch request: the epoch after which all ranks stop."""
        return self.path / "stop-epoch.json"

    @property
    def pause_step(self) -> Path:
        """Written in place by rank 0 after a pause request: the optimizer step at which all ranks hold."""
        return self.path / "pause-step.json"

    @property
    def stop_promise(self) -> Path:
        """Written by rank 0 once it knows what a stop would save, and again when that changes:
        `core.run.Promise`."""
        return self.path / "stop-promise.json"

    @property
    def written_in_place(self) -> tuple[Path, ...]:
        """There from the beginning, blank: `core.in_place`. What one machine writes others read soon."""
        requests = (self.stop_request, self.kill_request, self.epoch_request, self.pause_request)
        return (*requests, self.stop_step, self.stop_epoch, self.pause_step)

    @property
    def asked_to_end(self) -> tuple[Path, ...]:
        """The requests for an end now."""
        return (self.stop_request, self.kill_request)

    @property
    def folders(self) -> tuple[Path, ...]:
        """What a new attempt consists of."""
        return tuple(
            self.path / name for name in ("log", "errors", "ranks", "ends", "tb", "elsewhere", "proof")
        )

    @property
    def events(self) -> Path:
        """The TensorBoard event files of this attempt."""
        return self.path / "tb"

    def events_elsewhere(self, rank: int) -> Path:
        """Append-only, written by the rank: the event files that its program opened, wherever that was."""
        return self.path / "elsewhere" / f"rank-{rank}.jsonl"

    def debug_endpoint(self, rank: int) -> Path:
        """Made (mode 0600) by a debug adapter that waits for this rank, gone once the rank has answered."""
        return self.path / "debug" / f"rank-{rank}.json"

    @property
    def debug_session(self) -> Path:
        """The debug session that this attempt was launched for holds an exclusive lock on it as long as it
        lives."""
        return self.path / "debug" / "session.lock"

    def debug_lock(self, rank: int) -> Path:
        """A debug adapter holds an exclusive lock on it while it debugs this rank."""
        return self.path / "debug" / f"rank-{rank}.lock"
