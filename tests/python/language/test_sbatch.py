"""Completion and hover of the options of sbatch."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from recipes import checked, cursor, training_interpreter
from tunesmith.ide.completion import Completion, completion
from tunesmith.ide.hover import hover
from tunesmith.ide.place import place_at
from tunesmith.server.handlers.language import list_folder
from tunesmith.stages.sbatch import OPTIONS
from tunesmith.stages.slurm import OWNED


def offered(text: str, folder: Path) -> dict[str, Completion]:
    text, position = cursor(text)
    report = checked(text, folder, training_interpreter())
    found = completion(
        report.tree.lines, report.facts, place_at(report.tree.lines, position), folder, list_folder
    )
    return {one.label: one for one in found}


def hovered(text: str, folder: Path) -> str:
    text, position = cursor(text)
    found = hover(checked(text, folder, training_interpreter()), position)
    return "" if found is None else found.text


def test_options_are_offered_with_their_help(tmp_path: Path) -> None:
    found = offered("run:\n  engine: slurm\n  slurm:\n    partition: gpu\n    gp‸\n", tmp_path)
    assert "partition" not in found
    assert {"grace", "nodes", "gpus_per_node", "cpus_per_task", "time"} <= found.keys()
    assert found["gpus_per_node"].text == "gpus_per_node: "
    assert "GPUs of each machine" in found["gpus_per_node"].documentation
    assert not {name.replace("-", "_") for name in OWNED} & found.keys()


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("mail_type", {"END", "FAIL", "ALL"}),
        ("requeue", {"true", "false"}),
        ("exclusive", {"true", "user", "mcs"}),
        ("hint", {"nomultithread", "compute_bound"}),
        ("grace", {"120"}),
    ],
)
def test_values_are_offered(key: str, words: set[str], tmp_path: Path) -> None:
    assert words <= offered(f"run:\n  slurm:\n    {key}: ‸\n", tmp_path).keys()


def test_hover_tells_an_option_however_it_is_spelt(tmp_path: Path) -> None:
    for key in ("cpus_per_t‸ask", "cpus-per-t‸ask"):
        said = hovered(f"run: {{slurm: {{{key}: 8}}}}\n", tmp_path)
        assert said.startswith("**cpus_per_task** `whole number`")
        assert said.endswith("*sbatch*")
    assert "**slurm** `section`" in hovered("run: {slu‸rm: {}}\n", tmp_path)
    assert hovered("run: {slurm: {partion‸: gpu}}\n", tmp_path) == ""


def test_the_installed_sbatch_knows_no_option_that_is_missing(tmp_path: Path) -> None:
    """It may be older than the table, never the other way round."""
    if shutil.which("sbatch") is None:
        pytest.skip("sbatch is not installed here")
    conf = tmp_path / "slurm.conf"
    conf.write_text("ClusterName=c\nSlurmctldHost=localhost\nNodeName=n\nPartitionName=p Nodes=n\n")
    asked = {**os.environ, "SLURM_CONF": str(conf)}
    shown = subprocess.run(("sbatch", "--help"), env=asked, capture_output=True, text=True, check=True).stdout
    words = {word.partition("=")[0] for line in shown.splitlines() for word in line.split()}
    long = {word.removeprefix("--").rstrip(",") for word in words if word.startswith("--")}
    asks = {"help", "usage", "version", ""}
    assert {name.partition("[")[0] for name in long} - OPTIONS.keys() - OWNED.keys() - asks == set()
