"""What is said of `args` is what argparse says when the script is run: many random scripts, one process."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

from tunesmith.facts.program import read_program
from tunesmith.stages.script.arguments import arguments
from tunesmith.stages.script.verdict import RUN, verdict

SCRIPTS = 150
NAMES = (
    "--rate",
    "--batch-size",
    "--batch_count",
    "--name",
    "--fast",
    "--sizes",
    "--no-cache",
    "-l",
    "--out",
)
VALUES: tuple[Any, ...] = (
    True, False, None, 1, -1, 0.5, "x", "adam", "true", "1e-3", "", "-x", "a b",
    [1, 2], [], ["a"], ["1", "2", "3"],
)  # fmt: skip
HOW = (
    "", "required=True", "type=int", "type=float", "type=bool", "type=int, required=True",
    'type=Path, default="out"', 'choices=["adam", "sgd"]', "type=int, choices=range(3)",
    'action="store_true"', 'action="store_false"', "action=argparse.BooleanOptionalAction",
    'action="append"', 'action="count"', 'action="store_const", const=3', 'action="extend", nargs="+"',
    'nargs="?"', 'nargs="*", type=int', 'nargs="+"', "nargs=2, type=float",
)  # fmt: skip
PARSES = ("parser.parse_args()", "parser.parse_args(argv)", "parser.parse_known_args()")

# Runs each script as a program of its own would be run, and says which ended before its last line.
RUNS_ALL = """
import argparse, contextlib, io, json, sys
for source, words in json.load(sys.stdin):
    sys.argv = ["train.py", *words]
    try:
        with contextlib.redirect_stderr(io.StringIO()), contextlib.redirect_stdout(io.StringIO()):
            exec(compile(source, "train.py", "exec"), {"__name__": "__main__"})
        print("took")
    except SystemExit as end:
        print("refused" if end.code else "took")
"""


def script(chance: random.Random) -> str:
    lines = ["import argparse", "from pathlib import Path", "def main(argv=None):"]
    settings = chance.choice(("", "", "allow_abbrev=False", 'description="Trains."'))
    lines.append(f"    parser = argparse.ArgumentParser({settings})")
    names = chance.sample(NAMES, chance.randint(1, 5))
    grouped = chance.random() < 0.3 and len(names) > 2
    if grouped:
        lines.append(f"    group = parser.add_mutually_exclusive_group(required={chance.random() < 0.3})")
    for index, name in enumerate(names):
        how = chance.choice(HOW)
        if grouped and index < 2:
            how = chance.choice(("", "type=int", 'action="store_true"'))
        place = (
            "group" if grouped and index < 2 else chance.choice(("parser", 'parser.add_argument_group("g")'))
        )
        if "Boolean" in how and not name.startswith("--"):
            how = ""
        alias = f', "--also{name[1:]}"' if name.startswith("--") and chance.random() < 0.2 else ""
        lines.append(f'    {place}.add_argument("{name}"{alias}{", " + how if how else ""})')
    lines.append(f"    {chance.choice(PARSES)}")
    return "\n".join([*lines, 'if __name__ == "__main__":', "    main()", ""])


def args(chance: random.Random, source: str) -> dict[str, Any]:
    written = [name for name in NAMES if f'"{name}"' in source]
    found: dict[str, Any] = {}
    for _ in range(chance.randint(0, 4)):
        key = chance.choice(written if chance.random() < 0.85 else NAMES).removeprefix("--")
        key = chance.choice((key, key, key, key[:4], f"also-{key}", f"no-{key}")) if key[0] != "-" else key
        found[key] = chance.choice(VALUES)
    return found


def test_argparse_says_the_same(tmp_path: Path) -> None:
    chance = random.Random(5)
    cases = [
        (source, args(chance, source))
        for source in (script(chance) for _ in range(SCRIPTS))
        for _ in range(3)
    ]
    lines = [(source, arguments(given, RUN)) for source, given in cases]
    ran = subprocess.run(
        [sys.executable, "-c", RUNS_ALL], input=json.dumps(lines), capture_output=True, text=True, check=True
    )
    real = ran.stdout.split()
    assert len(real) == len(cases)
    assert 0.2 < real.count("took") / len(real) < 0.8

    path = tmp_path / "train.py"
    blamed: list[str] = []
    for (source, given), said in zip(cases, real, strict=True):
        line = read_program(path, texts={path: source}).line
        assert line is not None, source
        found = verdict(line, given)
        assert ("refused" if found else "took") == said, f"{source}\n{given}\n{found}"
        blamed += [one.kind for one in found]
    assert blamed.count("other") < len(blamed) / 50, "what is wrong is told by its key"
