"""Write the files that mirror Python tables, or with `--check` fail when they have drifted.

Run as `python -m tunesmith.server.generate [--check]` in the repository.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import msgspec

from tunesmith.ide import schema
from tunesmith.rules.pages import pages
from tunesmith.server import protocol, typescript
from tunesmith.server.messages.base import Wire

ROOT = Path(__file__).parents[3]


def protocol_typescript() -> str:
    return typescript.module(protocol.METHODS, protocol.NOTIFICATIONS)


def protocol_schema() -> str:
    """The wire types as JSON Schema, with the methods and notifications that carry them."""
    methods, notifications = protocol.METHODS, protocol.NOTIFICATIONS
    types = [kind for method in methods.values() for kind in (method.params, method.result)]
    types += notifications.values()
    _, components = msgspec.json.schema_components(types, ref_template="#/$defs/{name}")
    return _json(
        {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "title": "Tunesmith protocol",
            "methods": {
                name: {"params": _reference(row.params), "result": _reference(row.result)}
                for name, row in methods.items()
            },
            "notifications": {name: _reference(row) for name, row in notifications.items()},
            "$defs": components,
        }
    )


def recipe_schema() -> str:
    return _json(schema.recipe_schema())


def rule_pages() -> str:
    return _json({"rules": pages()})


OUTPUTS: Mapping[str, Callable[[], str]] = {
    "extension/src/protocol.gen.ts": protocol_typescript,
    "schemas/protocol.json": protocol_schema,
    "schemas/recipe.schema.json": recipe_schema,
    "schemas/rules.json": rule_pages,
}


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tunesmith.server.generate", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; fail when a file has drifted")
    check: bool = parser.parse_args(arguments).check
    drifted = [name for name, make in OUTPUTS.items() if _read(ROOT / name) != make()]
    for name in drifted:
        if check:
            print(f"{name} has drifted: run python -m tunesmith.server.generate", file=sys.stderr)
        else:
            (ROOT / name).write_text(OUTPUTS[name](), encoding="utf-8")
            print(f"wrote {name}")
    return 1 if check and drifted else 0


def _read(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.exists() else None


def _reference(struct: type[Wire]) -> dict[str, str]:
    return {"$ref": f"#/$defs/{struct.__name__}"}


def _json(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
