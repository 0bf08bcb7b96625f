"""The sample that travels inside the extension: checked, and its script run as it is, without Tunesmith."""

import os
import re
import subprocess
from pathlib import Path

from trainer import PYTHON
from tunesmith.facts.interpreter import find
from tunesmith.rules.check import check

SUMS = Path(__file__).resolve().parents[3] / "samples" / "sums"


def findings_of(name: str) -> list[str]:
    interpreter = find(SUMS, str(PYTHON))
    report = check((SUMS / name).read_text(), SUMS, interpreter)
    return [finding.code for finding in report.findings]


def test_the_recipe_has_nothing_to_complain_of() -> None:
    assert findings_of("sums.train.yaml") == []


def test_the_recipe_to_be_mended_has_two_mistakes() -> None:
    assert findings_of("with-a-mistake.train.yaml") == ["TN402", "TN402"]


def test_the_script_learns_without_tunesmith(tmp_path: Path) -> None:
    # Threads of one process on busy cores would wait for each other.
    alone = {**os.environ, "OMP_NUM_THREADS": "1"}
    arguments = ["--steps", "150", "--batch_size", "32", "--layers", "1"]
    done = subprocess.run(
        [PYTHON, SUMS / "train.py", *arguments],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
        env=alone,
    )
    first, last = (float(loss) for loss in re.findall(r"loss ([\d.]+)", done.stdout))
    assert last < first
    assert list(tmp_path.glob("runs/*/events.out.tfevents.*"))
