"""What was left out to start soon."""

from __future__ import annotations

import subprocess
import sys
from importlib import metadata

from tunesmith.core.version import VERSION

LEAN = """
import attrs
define = attrs.define
from tunesmith.server import lean_types
lean_types.load()
assert attrs.define is define
from lsprotocol import types
from pygls.protocol import default_converter
place = {"line": 1, "character": 2}
assert default_converter().structure({"start": place, "end": place}, types.Range).end == types.Position(1, 2)
assert "__repr__" not in vars(types.DidOpenTextDocumentParams)
"""


def test_the_version_is_that_of_the_package() -> None:
    assert metadata.version("tunesmith") == VERSION


def test_lean_types_are_whole_types() -> None:
    subprocess.run([sys.executable, "-P", "-c", LEAN], check=True)
