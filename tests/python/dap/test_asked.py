"""What a debug configuration may say, and what is not taken from it."""

from __future__ import annotations

from pathlib import Path

import pytest
from tunesmith.core.layout import RunFolder
from tunesmith.dap.asked import PATIENCE, read
from tunesmith.dap.host import Host
from tunesmith.dap.refused import Refused


def find(named: str) -> RunFolder:
    return RunFolder(Path("/runs") / named)


HOST = Host(find, stop=lambda _: None)


def test_a_run_alone_means_all_its_ranks() -> None:
    asked = read({"run": "a"}, HOST)
    assert (asked.run.id, asked.rank, asked.gang, asked.timeout) == ("a", None, None, PATIENCE)


def test_debugpys_own_settings_go_through_and_how_it_is_reached_does_not() -> None:
    hostile = {"listen": {"host": "0.0.0.0", "port": 1}, "connect": {"port": 2}, "processId": 3, "host": "x"}
    editors = {"preLaunchTask": "build", "__sessionId": "4"}
    asked = read({"run": "a", "rank": 1, "justMyCode": False, **hostile, **editors}, HOST)
    assert asked.debugpy == {"justMyCode": False}


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"run": ""},
        {"run": 7},
        {"rank": -1},
        {"rank": "0"},
        {"rank": True},
        {"timeout": 0},
        {"timeout": "1"},
    ],
)
def test_what_cannot_be_understood_is_refused(wrong: dict[str, object]) -> None:
    arguments = wrong if not wrong or "run" in wrong else {"run": "a", **wrong}
    with pytest.raises(Refused, match="debug configuration"):
        read(arguments, HOST)
