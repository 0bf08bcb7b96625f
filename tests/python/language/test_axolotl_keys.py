"""Keys of an Axolotl file: completion and hover by the release that counts."""

from __future__ import annotations

from pathlib import Path

import pytest
from recipes import cursor
from tunesmith.facts.sources import Store, read_now
from tunesmith.facts.target import Target
from tunesmith.ide.foreign_language import foreign_completion, foreign_hover
from tunesmith.rules.foreign import ForeignReport, check_foreign

CONFIG = """\
base_model: meta-llama/Llama-3.1-8B
datasets:
  - path: tatsu-lab/alpaca
    type: alpaca
micro_batch_size: 2
num_epochs: 1
adapter: lora
"""


def checked(folder: Path, text: str, release: str) -> ForeignReport:
    target = Target(packages={"axolotl": release})
    found = check_foreign(folder / "axolotl.yaml", text, folder, read_now(Store()), target=target)
    assert found is not None
    return found


def completed(folder: Path, line: str, release: str = "0.19.0") -> dict[str, str]:
    text, position = cursor(CONFIG + line)
    report = checked(folder, CONFIG, release)
    return {one.label: one.documentation for one in foreign_completion(report, text.split("\n"), position)}


@pytest.mark.parametrize(("release", "has"), [("0.19.0", True), ("0.8.0", False)])
def test_keys_are_those_of_the_release(tmp_path: Path, release: str, has: bool) -> None:
    found = completed(tmp_path, "‸", release)
    assert {"sequence_len", "sample_packing", "lora_r", "output_dir"} <= found.keys()
    assert "micro_batch_size" not in found, "it stands there already"
    assert ("use_otel_metrics" in found) is has


def test_a_key_has_its_choices(tmp_path: Path) -> None:
    assert {"chatml", "llama3", "tokenizer_default"} <= completed(tmp_path, "chat_template: ‸").keys()


def test_a_key_says_what_it_is_and_since_when(tmp_path: Path) -> None:
    text, position = cursor(CONFIG.replace("micro", "mi‸cro") + "use_otel_metrics: true\n")
    report = checked(tmp_path, text, "0.19.0")
    hover = foreign_hover(report, position)
    assert hover is not None
    assert "The number of samples to include in each batch" in hover.text
    _, position = cursor(CONFIG + "use_‸otel_metrics: true\n")
    hover = foreign_hover(report, position)
    assert hover is not None
    assert "Since axolotl 0.1" in hover.text
