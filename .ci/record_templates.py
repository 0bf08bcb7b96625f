"""Records which templates LLaMA-Factory's releases have: `facts/recorded/llamafactory.templates.json`.

Read by ast from the wheels: by name, the release that brought it and the one that took it away.
    .venv/bin/python .ci/record_templates.py
"""

from __future__ import annotations

import ast
import json
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

RECORDED = Path(__file__).parent.parent / "daemon" / "tunesmith" / "facts" / "recorded"
RELEASES = ("0.7.1", "0.8.0", "0.8.1", "0.8.2", "0.8.3", "0.9.0", "0.9.1", "0.9.2", "0.9.3", "0.9.4", "0.9.5")


def main() -> None:
    found: dict[str, list[str | None]] = {}
    for release in RELEASES:
        with tempfile.TemporaryDirectory() as folder:
            wanted = f"llamafactory=={release}"
            command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", folder]
            subprocess.run([*command, "--ignore-requires-python", "--only-binary=:all:", wanted], check=True)
            here = templates(next(Path(folder).glob("*.whl")))
        for name in here:
            found.setdefault(name, [release, None])[1] = None
        for name, spell in found.items():
            if name not in here and spell[1] is None:
                spell[1] = release
        print(release, len(here), flush=True)
    rows = (f"    {json.dumps(name)}: {json.dumps(found[name])}" for name in sorted(found))
    text = f'{{\n  "releases": {json.dumps(RELEASES)},\n  "templates": {{\n' + ",\n".join(rows) + "\n  }\n}\n"
    (RECORDED / "llamafactory.templates.json").write_text(text, encoding="utf-8")


def templates(wheel: Path) -> frozenset[str]:
    with zipfile.ZipFile(wheel) as archive:
        tree = ast.parse(archive.read("llamafactory/data/template.py"))
    return frozenset(
        ast.literal_eval(given.value)
        for call in ast.walk(tree)
        if isinstance(call, ast.Call) and ast.unparse(call.func).lstrip("_") == "register_template"
        for given in call.keywords
        if given.arg == "name"
    )


if __name__ == "__main__":
    main()
