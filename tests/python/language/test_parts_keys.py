"""The keys that ask for a model in parts, in the editor; what a recipe asks for with them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from recipes import ROOT, checked, cursor, training_interpreter
from tunesmith.ide.completion import completion
from tunesmith.ide.hover import hover
from tunesmith.ide.place import place_at
from tunesmith.rules.check import check
from tunesmith.server.handlers.language import list_folder
from tunesmith.stages.train.sharding import asked


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("model:\n  distributed_config:\n    ‸", {"tp_size", "tp_plan"}),
        ("accelerate:\n  fsdp_config:\n    ‸", {"fsdp_version", "fsdp_state_dict_type"}),
        ("accelerate:\n  fsdp_config:\n    fsdp_version: ‸", {"1", "2"}),
        ("model:\n  ‸", {"distributed_config"}),
    ],
)
def test_offered(text: str, names: set[str], tmp_path: Path) -> None:
    text, position = cursor(text)
    report = checked(text, tmp_path, training_interpreter())
    found = completion(
        report.tree.lines, report.facts, place_at(report.tree.lines, position), tmp_path, list_folder
    )
    assert names <= {one.label for one in found}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("accelerate: {fsdp_config: {fsdp_vers‸ion: 2}}\n", "**fsdp_version** `value` · default `1`"),
        ("model: {distributed_config: {tp_si‸ze: 2}}\n", "**tp_size** `int | None`"),
    ],
)
def test_hover(text: str, said: str, tmp_path: Path) -> None:
    text, position = cursor(text)
    found = hover(checked(text, tmp_path, training_interpreter()), position)
    assert found is not None
    assert found.text.startswith(said)


@pytest.mark.parametrize(
    ("train", "accelerate", "version"),
    [
        ({}, {"distributed_type": "FSDP"}, 1),
        ({}, {"distributed_type": "FSDP", "fsdp_config": {"version": 2}}, 2),
        ({}, {"distributed_type": "FSDP", "fsdp_config": {"fsdp_version": "2"}}, 2),
        ({"fsdp": True}, {}, 2),
        ({"fsdp": "full_shard", "fsdp_config": {"fsdp_version": 1}}, {}, 1),
        ({"fsdp": True, "fsdp_config": "fsdp.json"}, {}, None),
        ({"fsdp": True, "fsdp_config": {"version": "x"}}, {}, None),
    ],
)
def test_the_version_of_fsdp(train: dict[str, Any], accelerate: dict[str, Any], version: int | None) -> None:
    found = asked({}, train, accelerate)
    assert found is not None
    assert (found.way, found.version) == ("FSDP", version)


def test_a_whole_model_is_not_asked_for_in_parts() -> None:
    assert asked({}, {"fsdp": ""}, {"distributed_type": "MULTI_GPU", "fsdp_config": {}}) is None


@pytest.mark.parametrize("name", ["fsdp2", "tensor"])
def test_the_samples_have_no_finding(name: str) -> None:
    path = ROOT / "samples" / "in-parts" / f"{name}.train.yaml"
    report = check(path.read_text(encoding="utf-8"), path.parent, training_interpreter())
    assert report.findings == ()
