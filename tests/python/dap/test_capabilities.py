"""What debugpy says of itself against what was promised for it."""

from __future__ import annotations

from tunesmith.dap.capabilities import PROMISED, differing


def test_as_promised_is_nothing_to_tell() -> None:
    assert differing({**PROMISED, "supportsTerminateRequest": True}) == {}


def test_more_and_less_are_told() -> None:
    less = {name: value for name, value in PROMISED.items() if name != "supportsLogPoints"}
    assert differing({**less, "supportsDataBreakpoints": True}) == {
        "supportsLogPoints": False,
        "supportsDataBreakpoints": True,
    }
