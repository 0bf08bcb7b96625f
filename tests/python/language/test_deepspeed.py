"""`deepspeed:` names a file or holds the keys themselves."""

from __future__ import annotations

from pathlib import Path

import pytest
from recipes import checked
from tunesmith.ide.links import links
from tunesmith.stages.train.pipelining import share


def test_a_file_is_linked(tmp_path: Path) -> None:
    report = checked(
        '# file conf/ds.json: {"zero_optimization": {"stage": 2}}\ndeepspeed: conf/ds.json\n', tmp_path
    )
    assert [link.target for link in links(report)] == [tmp_path / "conf" / "ds.json"]
    assert report.recipe.deepspeed == "conf/ds.json"


def test_keys_are_kept_as_they_are(tmp_path: Path) -> None:
    report = checked("deepspeed: {zero_optimization: {stage: 2, reduce_bucket_size: 5e8}}\n", tmp_path)
    assert report.recipe.deepspeed == {"zero_optimization": {"stage": 2, "reduce_bucket_size": 5e8}}


@pytest.mark.parametrize("wrong", ["3", "[ds.json]", "true"])
def test_anything_else_is_said(wrong: str, tmp_path: Path) -> None:
    report = checked(f"deepspeed: {wrong}\n", tmp_path)
    assert ("TN012", ("deepspeed",)) in [(one.code, one.path) for one in report.findings]
    assert report.recipe.deepspeed is None


def test_a_folder_is_no_config(tmp_path: Path) -> None:
    report = checked("# file ds.json/inner: {}\ndeepspeed: ds.json\n", tmp_path)
    assert [one.arguments["trouble"] for one in report.findings if one.code == "TN421"] == ["is a folder"]


@pytest.mark.parametrize(("layers", "stages"), [(4, 2), (7, 3), (3, 3), (80, 16)])
def test_every_layer_has_one_stage(layers: int, stages: int) -> None:
    shares = [share(layers, stages, stage) for stage in range(stages)]
    assert [layer for each in shares for layer in each] == list(range(layers))
    assert max(map(len, shares)) - min(map(len, shares)) <= 1
