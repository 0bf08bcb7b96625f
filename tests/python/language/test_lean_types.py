"""The types of the protocol are made late, and are the same as those that lsprotocol makes at once."""

from __future__ import annotations

import json
import subprocess
import sys

TELL = """
import attrs, json, re
from lsprotocol import _hooks, types
_hooks._resolve_forward_references()
classes = [t for t in [*types.ALL_TYPES_MAP.values()] if isinstance(t, type) and attrs.has(t)]
of = lambda f: [f.name, str(f.type), repr(f.default), re.sub(" at 0x[0-9a-f]+", "", repr(f.validator))]
print(json.dumps({c.__name__: [of(field) for field in attrs.fields(c)] for c in classes}))
"""
LATE = """
from tunesmith.server import lean_types
lean_types.load()
"""
COUNT = """
from lsprotocol import types
from tunesmith.server.app import build
build()
print(sum(type(vars(t).get("__attrs_attrs__")) is lean_types.Unmade for t in [*types.ALL_TYPES_MAP.values()]
          if isinstance(t, type)))
"""


def told(program: str) -> str:
    return subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout


def test_each_type_has_the_fields_that_it_has_without_us() -> None:
    late = json.loads(told(LATE + TELL))
    assert len(late) > 500
    assert late == json.loads(told(TELL))


def test_a_daemon_that_starts_makes_few_of_them() -> None:
    assert int(told(LATE + COUNT)) > 500


def test_what_the_first_check_needs_is_all_that_is_loaded_ahead_of_it() -> None:
    """What knows runs, metrics and completions takes as long again."""
    program = """
import sys
from importlib import import_module
from tunesmith.server import app
for module in app.AHEAD[:-1]:
    import_module(module)
print(*sorted(name for name in sys.modules if name.startswith("tunesmith.")))
"""
    loaded = told(LATE + program).split()
    assert "tunesmith.rules.check" in loaded
    later = ("tunesmith.runs", "tunesmith.metrics", "tunesmith.ide.completion", "tunesmith.supervise")
    assert [name for name in loaded if name.startswith(later)] == []
