"""Own scripts to run for a moment; what they started never outlives its test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import trainer
from own_run import SCRIPTS, Own, Start
from training import end
from tunesmith.runs import control, store


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Start]:
    """Starts the recipe with this text; `SCRIPTS` in it stands for the folder of the fixtures."""
    monkeypatch.setenv("OMP_NUM_THREADS", "1")

    def start(text: str) -> Own:
        recipe = tmp_path / "own.train.yaml"
        recipe.write_text(text.replace("SCRIPTS", str(SCRIPTS)))
        try:
            return Own(control.start(recipe, trainer.training_interpreter()))
        except control.Refused as refused:
            raise AssertionError([finding.code for finding in refused.report.findings]) from None

    yield start
    for home in store.homes([tmp_path]):
        for run in store.runs_in(home):
            end(run)
