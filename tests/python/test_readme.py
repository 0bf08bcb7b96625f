"""The README's commands do what it says. `npm start`, `npm test`, `npm run bench` have tests of their own."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TESTED_ELSEWHERE = {
    "npm start": "tests/browser/start.test.ts",
    "npm test": ".ci/run",
    "npm run bench": "tests/bench/run.mjs",
    "npm run corpus": ".ci/corpus.mjs",
    "npm run kill-matrix": ".ci/kill-matrix.mjs",
    "npm run package": "tests/ts/extension/package.test.ts",
}


def commands() -> list[str]:
    blocks = re.findall(r"```sh\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    return [line.split("  #")[0].strip() for block in blocks for line in block.splitlines() if line.strip()]


@pytest.fixture
def checkout(tmp_path: Path) -> Iterator[Path]:
    """The checkout as the README's commands see it, with a samples folder that may be written to."""
    (tmp_path / ".venv").symlink_to(ROOT / ".venv")
    sample = tmp_path / "samples" / "sentiment"
    sample.mkdir(parents=True)
    for path in (ROOT / "samples" / "sentiment").iterdir():
        if path.name != ".tunesmith":
            (sample / path.name).symlink_to(path)
    recipe = sample / "sentiment.train.yaml"
    text = recipe.read_text(encoding="utf-8")
    recipe.unlink()
    recipe.write_text(text, encoding="utf-8")
    for name in ("models", ".venv"):
        (tmp_path / "samples" / name).symlink_to(ROOT / "samples" / name)
    yield tmp_path
    for run in listed(tmp_path):
        if run["state"] == "running":
            tunesmith(tmp_path, "stop", run["id"], "--force", "--folder", "samples")


def test_every_command_is_run_by_a_test(checkout: Path) -> None:
    here = [command for command in commands() if command not in TESTED_ELSEWHERE]
    assert [shlex.split(command)[1] for command in here] == ["check", "check", "run", "runs", "stop"]
    for command in here:
        words = shlex.split(command)
        if words[1] == "stop":
            (started,) = listed(checkout)
            assert re.fullmatch(r"[0-9a-f]{4}", words[2]), "the README shows the end of a run's id"
            words[2] = started["id"][-4:]
        done = tunesmith(checkout, *words[1:])
        assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
    (stopped,) = listed(checkout)
    assert (stopped["state"], stopped["cause"]) == ("ended", "stopped")


def test_what_is_tested_elsewhere_is_there() -> None:
    assert set(TESTED_ELSEWHERE) <= set(commands())
    assert all((ROOT / path).exists() for path in TESTED_ELSEWHERE.values())


def test_every_picture_is_there() -> None:
    pictures = re.findall(r"!\[[^\]]+\]\(([^)]+)\)", (ROOT / "README.md").read_text(encoding="utf-8"))
    assert len(pictures) >= 2
    assert [path for path in pictures if not (ROOT / path).is_file()] == []


def tunesmith(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [str(folder / ".venv" / "bin" / "tunesmith"), *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=240, check=False)


def listed(folder: Path) -> list[dict[str, str]]:
    return json.loads(tunesmith(folder, "runs", "samples", "--json").stdout)
