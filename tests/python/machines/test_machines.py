"""The machines of a run, without a second one: where they meet, who is missing, who is cut off."""

from __future__ import annotations

import socket
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tunesmith.core import locks
from tunesmith.core.files import write_json
from tunesmith.core.layout import AttemptFolder, RunFolder
from tunesmith.core.meeting import Meeting, meeting_of, missing, to_policy
from tunesmith.core.policy import policy_of
from tunesmith.core.run import Cause, Observed, Phase, Progress
from tunesmith.core.spec import Launch, RunSpec
from tunesmith.runs import launch
from tunesmith.runs.joining import no_such_machine
from tunesmith.runs.machine import Machine
from tunesmith.runs.meetings import meeting, why_not_here
from tunesmith.runs.waits import waits_for_machines
from tunesmith.runtime.__main__ import require_machines
from tunesmith.stages.recipe import Recipe
from tunesmith.stages.run_policy import Engine, RunPolicy
from tunesmith.supervise import machines as supervised
from tunesmith.supervise.evidence import Evidence, RankEnd, gather
from tunesmith.supervise.interface import VARIABLE, gloo_environment, interface_to, is_own
from tunesmith.supervise.judge import judge
from tunesmith.supervise.machines import Others
from tunesmith.supervise.member import reaches
from tunesmith.supervise.watch import Watched

TWO: dict[str, Any] = {"num_processes": 4, "num_machines": 2, "main_process_ip": "10.0.0.1"}
PLACE = Meeting(2, "10.0.0.1", 29500)


@pytest.fixture
def attempt(tmp_path: Path) -> AttemptFolder:
    attempt = RunFolder(tmp_path).attempt(1)
    for folder in attempt.folders:
        folder.mkdir(parents=True)
    return attempt


def test_where_they_meet_comes_with_the_run() -> None:
    recipe = Recipe(accelerate={**TWO, "main_process_port": "29511"})
    place = meeting(recipe)
    assert place == Meeting(2, "10.0.0.1", 29511)
    assert meeting_of(to_policy(place)) == policy_of(to_policy(place)).meeting == place
    assert meeting(Recipe(accelerate={"num_processes": 4})) is None
    assert meeting(Recipe(accelerate=TWO, run=RunPolicy(engine=Engine.SLURM))) is None
    assert policy_of({}).meeting is None


def test_each_launches_its_share_at_the_port_that_is_known() -> None:
    made = launch.launcher(
        RunFolder(Path("/r")), Path("/python"), TWO, Path("/f"), Path("/copy"), Machine(8, 0), {}
    )
    assert "--main_process_port" not in made.argv
    assert made.argv[made.argv.index("--num_cpu_threads_per_process") + 1] == "4"


def test_a_world_of_fewer_machines_is_an_error() -> None:
    require_machines(None, 1)
    require_machines(PLACE, 2)
    with pytest.raises(
        RuntimeError, match="2 machines were to train together and the launcher made a world of 1"
    ):
        require_machines(PLACE, 1)


@pytest.mark.parametrize(
    ("accelerate", "debug", "said"),
    [
        ({**TWO, "machine_rank": 1}, False, "`tunesmith run --machine-rank 1 a.train.yaml`"),
        (TWO, True, "Only a run of one machine can be debugged"),
        (TWO, False, None),
        ({"num_processes": 2}, True, None),
    ],
)
def test_why_a_run_does_not_start_here(
    tmp_path: Path, accelerate: dict[str, Any], debug: bool, said: str | None
) -> None:
    why = why_not_here(tmp_path / "a.train.yaml", Recipe(accelerate=accelerate), debug)
    assert (why is None) if said is None else said in (why or "")


def test_which_machine_can_join() -> None:
    assert "num_machines, main_process_ip and num_processes" in no_such_machine(1, None)
    assert no_such_machine(2, PLACE) == "Machine 2 cannot join: the recipe has 2, and 1 to 1 join machine 0."


def test_who_is_missing(tmp_path: Path) -> None:
    run = RunFolder(tmp_path)
    assert missing(run, Meeting(3, "10.0.0.1", 1)) == [1, 2]
    assert locks.take_exclusive(run.machine_lock(1)) is not None  # Of this process itself, which asks nobody.


def test_what_a_run_says_that_waits_for_a_machine(tmp_path: Path) -> None:
    run = RunFolder(tmp_path)
    stepped = Progress(1.0, 1, Phase.TRAINING, 7)
    seen = Observed(True, True, True, False, None, None)
    launched = Launch((), {}, "/")
    spec = RunSpec("r", "a", "/x/a.train.yaml", "script", {}, launched, "/python", 3, 0.0, "1")
    three = replace(spec, policy=to_policy(Meeting(3, "10.0.0.1", 1)))
    said = waits_for_machines(seen, run, three)
    assert said == (
        "Waits for machine 1 and 1 more, which joins by `tunesmith run --machine-rank 1 a.train.yaml`."
    )
    assert waits_for_machines(seen, run, spec) is None
    assert waits_for_machines(replace(seen, progress=stepped), run, three) is None
    assert waits_for_machines(replace(seen, ranks_alive=False), run, three) is None


def test_trouble_is_told_of_machines_that_have_not_ended(
    attempt: AttemptFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    others = Others(attempt, Meeting(2, "127.0.0.1", 29500))
    assert others.trouble() == "Machine 1 has not joined."

    write_json(attempt.machine_sign(1), {"time": time.time(), "beat": 0, "host": "b", "reaches": True})
    assert others.trouble() is None
    write_json(attempt.machine_sign(1), {"time": time.time(), "beat": 1, "host": "b", "reaches": False})
    assert others.trouble() == "Machine 1 (b) is cut off: it does not reach 127.0.0.1:29500."

    monkeypatch.setattr(supervised, "SILENT", -1.0)
    assert others.trouble() == "Machine 1 (b) has given no sign of life for 0 s."

    write_json(attempt.machine_end(1), {"time": 0, "code": 1, "why": None})
    assert others.trouble() is None
    write_json(attempt.machine_end(1), {"time": 0, "code": None, "why": "The folder /x is gone."})
    assert others.trouble() == "Machine 1: The folder /x is gone."


def test_a_run_that_was_started_on_another_machine_than_the_first(attempt: AttemptFolder) -> None:
    nobodys = "192.0.2.77"  # Of a network that is for documentation.
    assert is_own("127.0.0.1")
    assert not is_own(nobodys)
    said = Others(attempt, Meeting(2, nobodys, 29500)).trouble() or ""
    assert said.startswith(f"{nobodys} is no address of this machine (")


def test_a_run_of_one_machine_has_no_others(attempt: AttemptFolder) -> None:
    others = Others(attempt, None)
    others.look()
    others.wait_for_last_words()
    assert others.trouble() is None


def test_the_end_names_the_machine_that_was_cut_off() -> None:
    silence = (
        "RuntimeError: [gloo/transport/tcp/unbound_buffer.cc:78] Timed out waiting 30000ms for recv operation"
    )
    ranks = {0: RankEnd(11, error=silence, time=1.0), 1: RankEnd(12)}
    end = judge(Evidence(1, ranks, apart="Machine 1 (b) is cut off: it does not reach 10.0.0.1:29500."), 2.0)
    assert end is not None
    assert end.cause is Cause.FAILED
    assert end.message is not None
    assert end.message.endswith("Machine 1 (b) is cut off: it does not reach 10.0.0.1:29500.")


def test_how_a_rank_ended_is_read_where_it_was_launched(attempt: AttemptFolder) -> None:
    """Process ids of two machines are not to be mixed up."""
    failures = "Failures:\n[0]:\n  rank      : 1 (local_rank: 0)\n  exitcode  : -9 (pid: 77)\n"
    attempt.launcher_log_of(1).write_text(failures)
    write_json(attempt.rank_record(0), {"pid": 76})
    write_json(attempt.rank_record(1), {"pid": 77, "host": "another"})
    seen = gather(attempt, Watched(code=1, codes={77: 0}))
    assert seen.ranks[1].code == -9


def test_whether_the_first_machine_is_reached() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        assert reaches(Meeting(2, "127.0.0.1", port))
    assert not reaches(Meeting(2, "127.0.0.1", port))


def test_gloo_takes_the_interface_that_leads_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    name = interface_to("127.0.0.1")
    if name is None:
        pytest.skip("the system does not tell its interfaces")
    assert gloo_environment(Meeting(2, "127.0.0.1", 1), {}) == {VARIABLE: name}
    assert gloo_environment(Meeting(2, "127.0.0.1", 1), {VARIABLE: "eth7"}) == {}
    assert gloo_environment(None, {}) == {}
