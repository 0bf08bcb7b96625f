"""Record locks between real processes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from tunesmith.core import locks
from waiting import until

HOLD = """
import os, sys, time
from pathlib import Path
from tunesmith.core import locks
held = getattr(locks, sys.argv[1])(Path(sys.argv[2]))
print("held" if held is not None else "refused", flush=True)
THEN
sys.stdin.read()
"""


class Holder:
    """A process that takes a lock and lives until told otherwise."""

    def __init__(self, take: str, path: Path, then: str = "") -> None:
        script = HOLD.replace("THEN", then)
        self.process = subprocess.Popen(
            [sys.executable, "-c", script, take, str(path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout
        self.said = self.process.stdout.readline().strip()

    def kill(self) -> None:
        self.process.kill()
        self.process.communicate()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "lock"


def test_nobody_holds_a_lock_that_is_not_there(path: Path) -> None:
    assert locks.holder(path) is None
    assert not path.exists(), "asking must not create it"


@pytest.mark.parametrize("take", ["take_shared", "take_exclusive"])
def test_a_lock_names_its_holder_and_ends_with_it(path: Path, take: str) -> None:
    one = Holder(take, path)
    assert locks.holder(path) == one.process.pid
    one.kill()
    assert locks.holder(path) is None


def test_a_shared_lock_lives_as_long_as_one_of_its_holders(path: Path) -> None:
    one, other = Holder("take_shared", path), Holder("take_shared", path)
    one.kill()
    assert locks.holder(path) == other.process.pid
    other.kill()
    assert locks.holder(path) is None


def test_an_exclusive_lock_is_refused_while_another_holds_one(path: Path) -> None:
    one = Holder("take_exclusive", path)
    other = Holder("take_exclusive", path)
    assert (one.said, other.said) == ("held", "refused")
    one.kill()
    other.kill()
    third = Holder("take_exclusive", path)
    assert third.said == "held"
    third.kill()


def test_asking_takes_no_lock(path: Path) -> None:
    path.touch()
    assert locks.holder(path) is None
    one = Holder("take_exclusive", path)
    assert one.said == "held"
    one.kill()


def test_a_lock_survives_exec(path: Path) -> None:
    """The launcher holds the lock that was taken before it became the launcher."""
    then = "os.set_inheritable(held, True); os.execv('/bin/sleep', ['sleep', '600'])"
    one = Holder("take_shared", path, then)
    command = Path(f"/proc/{one.process.pid}/comm")
    if command.exists():
        until("sleep has replaced the process", lambda: command.read_text().strip() == "sleep")
    assert locks.holder(path) == one.process.pid
    one.kill()
    assert locks.holder(path) is None


def test_a_fork_does_not_keep_the_lock(path: Path) -> None:
    """Workers that a rank leaves behind must not make it look alive."""
    one = Holder("take_shared", path, "pid = os.fork() or time.sleep(600); print(pid, flush=True)")
    assert one.process.stdout
    child = int(one.process.stdout.readline())
    one.process.kill()
    one.process.wait()
    try:
        until("the lock is free", lambda: locks.holder(path) is None)
    finally:
        subprocess.run(["kill", "-9", str(child)], check=True)


def test_a_link_in_the_place_of_a_lock_is_refused(path: Path, tmp_path: Path) -> None:
    """A run folder may be somebody else's: its lock must not stand for a process of ours."""
    (tmp_path / "elsewhere").touch()
    path.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(OSError, match="symbolic link"):
        locks.holder(path)
