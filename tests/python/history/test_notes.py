"""Notes and tags: kept whole, by one writer at a time, and harmless whatever stands in the file."""

from __future__ import annotations

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from tunesmith.core.layout import RunFolder
from tunesmith.runs import notes
from tunesmith.runs.notes import NotAllowed, Written


@pytest.fixture
def run(tmp_path: Path) -> RunFolder:
    return RunFolder(tmp_path)


def test_note_and_tags_are_changed_apart(run: RunFolder) -> None:
    assert notes.read(run) == Written()
    notes.write(run, note="  good, but slow\n")
    notes.write(run, tags=["baseline", " lora ", "baseline", ""])
    assert notes.read(run) == Written("good, but slow", ("baseline", "lora"))
    notes.write(run, note="")
    assert notes.tag(run, add=["final"], remove=["lora", "absent"]) == Written("", ("baseline", "final"))


def test_what_is_no_note_or_tag(run: RunFolder) -> None:
    for tags in (["a,b"], ["x" * 41], ["a\nb"], [str(n) for n in range(21)]):
        with pytest.raises(NotAllowed):
            notes.write(run, tags=tags)
    with pytest.raises(NotAllowed, match="at most 4,000 characters"):
        notes.write(run, note="x" * 4001)
    assert not run.note.exists()


@pytest.mark.parametrize(
    "kept",
    [None, [], {"note": 1, "tags": "x"}, {"note": "fine", "tags": [1, "a,b", None, "ok", "ok", "\x1b[2J"]}],
)
def test_something_else_in_the_file_is_nothing(run: RunFolder, kept: Any) -> None:
    run.note.write_text(json.dumps(kept))
    found = notes.read(run)
    assert found in (Written(), Written("fine", ("ok",)))


def test_writers_do_not_lose_what_others_wrote(run: RunFolder) -> None:
    program = "import sys; from pathlib import Path; from tunesmith.core.layout import RunFolder\n"
    program += "from tunesmith.runs import notes\n"
    program += "for n in range(4): notes.tag(RunFolder(Path(sys.argv[1])), [f'{sys.argv[2]}{n}'], [])"
    others = [
        subprocess.Popen([sys.executable, "-c", program, str(run.path), name]) for name in ("a", "b", "c")
    ]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda n: notes.tag(run, [f"own{n}"], []), range(4)))
    assert [other.wait(60) for other in others] == [0, 0, 0]
    expected = {f"{name}{n}" for name in ("a", "b", "c", "own") for n in range(4)}
    assert set(notes.read(run).tags) == expected


def test_no_link_is_written_through(run: RunFolder, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    run.note_lock.symlink_to(elsewhere)
    with pytest.raises(OSError, match="is a link"):
        notes.write(run, note="x")
    assert not elsewhere.exists()
    run.note_lock.unlink()
    elsewhere.write_text("mine")
    run.note.symlink_to(elsewhere)
    notes.write(run, note="x")
    assert elsewhere.read_text() == "mine"
    assert notes.read(run).note == "x"
