"""A run as a text: what it tells, and that the same run always gives the same text."""

from __future__ import annotations

import json
import os
import random
from pathlib import Path
from typing import Any

import pytest
from ended_run import ended_run, git, repository, write_recipe
from hypothesis import given
from hypothesis import strategies as st
from tunesmith.core.layout import RunFolder
from tunesmith.runs import notes
from tunesmith.runs.compare import difference
from tunesmith.runs.document import document, sections
from tunesmith.runs.resolved import differing
from tunesmith.runs.scalars import scalar, visible
from tunesmith.syntax.parse import parse
from tunesmith.syntax.tree import plain

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    """A finished run with a dirty tree, data, two packages, a note and tags."""
    folder = tmp_path_factory.mktemp("project")
    top = repository(folder)
    (folder / ".venv" / "torch-2.13.0.dist-info").mkdir(parents=True)
    (folder / ".venv" / "accelerate-1.15.0.dist-info").mkdir()
    (top / "train.py").write_text("rate = 2\nmore = 1\n")
    made = ended_run(top / "tiny.train.yaml", site_packages=(folder / ".venv",))
    notes.write(made, "the first one that works", ["baseline", "中文"])
    return made


def changed(run: RunFolder, folder: Path, **files: Any) -> RunFolder:
    """A copy of the run in which some files hold something else."""
    copy = RunFolder(folder / run.id)
    copy.attempt(1).path.mkdir(parents=True)
    for path in (p for p in run.path.rglob("*") if p.is_file()):
        target = copy.path / path.relative_to(run.path)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(path.read_bytes())
    for name, value in files.items():
        (copy.path / f"{name}.json").write_text(json.dumps(value))
    return copy


def test_the_parts_of_a_run(run: RunFolder) -> None:
    parts = sections(run)
    folder = run.path.parents[2]
    assert list(parts) == [
        "Run",
        "Recipe",
        "Values that differ from the defaults",
        "Final metrics",
        "Code",
        "Data",
        "Machine",
        "Packages",
    ]
    assert f"# tiny #{run.id[-4:]}\nrun: {run.id}\n" in parts["Run"]
    assert "state: finished\n" in parts["Run"]
    assert 'note: the first one that works\ntags: [baseline, "中文"]\n' in parts["Run"]
    assert parts["Recipe"] == (folder / "tiny.train.yaml").read_text()
    values = parts["Values that differ from the defaults"]
    assert "data.columns.label: sentiment\n" in values
    assert "data.columns.text: review\n" in values
    assert "data.train: reviews.csv\n" in values
    assert "train.learning_rate: 5e-05\n" in values
    assert "data.max_rows" not in values
    assert "run." not in values
    assert parts["Final metrics"] == "step: 100\nepoch: 2\nloss: 0.25\neval_f1: 0.9\neval_loss: 0.3\n"
    assert f"commit: {git(folder, 'rev-parse', 'HEAD')}\nbranch: main\n" in parts["Code"]
    assert parts["Code"].endswith("  train.py: +2 -1\n")
    assert "data.train:\n  bytes: 24\n  content: " in parts["Data"]
    assert parts["Packages"] == "accelerate: 1.15.0\ntorch: 2.13.0\n"


def test_it_is_yaml_with_the_recipe_as_it_was(run: RunFolder) -> None:
    for title, part in sections(run).items():
        assert not parse(part).problems, title
    values = plain(parse(sections(run)["Run"]).root)
    assert isinstance(values, dict)
    assert values["note"] == "the first one that works"
    assert f"\n--- # Recipe\n{run.recipe.read_text()}\n--- # Values" in document(run)


@given(seed=st.integers())
def test_the_order_of_keys_and_the_place_of_the_clock_do_not_matter(
    run: RunFolder, tmp_path_factory: pytest.TempPathFactory, seed: int
) -> None:
    shuffle = random.Random(seed)

    def shuffled(value: Any) -> Any:
        if isinstance(value, dict):
            keys = list(value)
            shuffle.shuffle(keys)
            return {key: shuffled(value[key]) for key in keys}
        return value

    files = {
        path.stem: shuffled(json.loads(path.read_text()))
        for path in (run.spec, run.environment, run.data, run.source)
    }
    copy = changed(run, tmp_path_factory.mktemp("copy"), **files)
    before = os.environ.get("TZ")
    os.environ["TZ"] = shuffle.choice(("UTC", "Asia/Shanghai", "America/St_Johns"))
    try:
        assert document(copy) == document(run)
    finally:
        os.environ.pop("TZ") if before is None else os.environ.update(TZ=before)


@given(environment=JSON, data=JSON, source=JSON, note=JSON)
def test_whatever_stands_in_the_files_gives_a_text(
    run: RunFolder, tmp_path_factory: pytest.TempPathFactory, **files: Any
) -> None:
    copy = changed(run, tmp_path_factory.mktemp("odd"), **files)
    text = document(copy)
    assert text == document(copy)
    for title in ("Recipe", "Code", "Data", "Machine", "Packages"):
        assert f"\n--- # {title}\n" in text


def test_a_run_of_an_earlier_version_says_what_it_did_not_keep(run: RunFolder, tmp_path: Path) -> None:
    copy = changed(run, tmp_path)
    for path in (copy.data, copy.source, copy.environment):
        path.unlink()
    parts = sections(copy)
    assert [parts[name] for name in ("Code", "Data", "Packages")] == [
        "# not kept: the run is older than this part\n"
    ] * 3


def test_links_in_a_run_folder_show_nothing_else(run: RunFolder, tmp_path: Path) -> None:
    copy = changed(run, tmp_path)
    secret = tmp_path / "secret"
    secret.write_text("hunter2\n")
    copy.recipe.unlink()
    copy.recipe.symlink_to(secret)
    copy.patch.unlink()
    os.mkfifo(copy.patch)
    assert "hunter2" not in document(copy)


@given(value=JSON)
def test_a_value_is_one_line_that_yaml_reads_back(value: Any) -> None:
    line = scalar(value)
    assert "\n" not in line
    assert all(char.isprintable() for char in line)


@given(text=st.text())
def test_a_text_is_read_back_as_itself(text: str) -> None:
    read = plain(parse(f"key: {scalar(text)}\n").root)
    assert isinstance(read, dict)
    assert read["key"] == text


def test_a_terminal_is_not_told_what_to_do() -> None:
    assert visible("a\x1b[2J\u202eb\n") == "a\\u001b[2J\\u202eb\n"


def test_defaults_are_left_out_and_sections_of_libraries_are_told_as_written() -> None:
    config = {
        "task": "text-classification",
        "data": {"train": "/w/data/d.csv", "columns": {"text": "text", "label": "y"}, "split": None},
        "train": {"max_steps": 5},
        "peft": {},
    }
    assert differing(config, "train", "/w") == {
        "data.columns.label": "y",
        "data.train": "data/d.csv",
        "task": "text-classification",
        "train.max_steps": 5,
    }
    assert differing({"script": "/w/a.py", "module": None, "args": {}}, "script", "/w") == {"script": "a.py"}
    assert differing({"a": 1}, "of another version", "") == {"a": 1}


def test_two_runs_differ_where_they_do_and_nowhere_else(tmp_path: Path) -> None:
    top = repository(tmp_path / "project")
    old, again = ended_run(top / "tiny.train.yaml"), ended_run(top / "tiny.train.yaml")
    assert difference(old, again) == []
    (top / "train.py").write_text("rate = 3\n")
    new = ended_run(write_recipe(top, "1.0e-4"), f1=0.95)
    lines = difference(old, new)
    assert [line for line in lines if line.startswith("@@")] == [
        "@@ Recipe @@",
        "@@ Values that differ from the defaults @@",
        "@@ Final metrics @@",
        "@@ Code @@",
    ]
    assert "-eval_f1: 0.9" in lines
    assert "+eval_f1: 0.95" in lines
    assert "+  train.py: +1 -1" in lines
