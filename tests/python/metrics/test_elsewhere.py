"""Event files that a program opened anywhere: found by the lists of the ranks, which may hold anything."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from event_bytes import NAME, append, events_folder, header, scalar
from tunesmith.core.layout import RunFolder
from tunesmith.metrics.reader import LOOK_FOR_FILES, MOST_FILES, RunReader


class Reading:
    """A reader whose clock goes on far enough to look for files each time."""

    def __init__(self, run: Path) -> None:
        self.reader = RunReader(run)
        self._now = 0.0

    def tags(self) -> set[str]:
        """Read all there is; the tags that have points."""
        more = True
        while more:
            self._now += LOOK_FOR_FILES
            more = self.reader.advance(self._now).more
        return {tag for tag, series in self.reader.history.series.items() if len(series)}


@pytest.fixture
def run(tmp_path: Path) -> Path:
    events_folder(tmp_path / "run")
    return tmp_path / "run"


def listed(run: Path, *paths: object, rank: int = 0) -> None:
    """Append to the list of a rank."""
    path = RunFolder(run).attempt(1).events_elsewhere(rank)
    path.parent.mkdir(parents=True, exist_ok=True)
    append(path, b"".join(json.dumps({"path": str(one)}).encode() + b"\n" for one in paths))


def written(folder: Path, tag: str, name: str = NAME) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    append(folder / name, header() + scalar(tag, 1, 0.5))
    return folder / name


def test_a_file_anywhere_is_read_beside_our_own(run: Path, tmp_path: Path) -> None:
    written(events_folder(run), "steps_per_second")
    listed(run, written(tmp_path / "runs" / "Nov22", "loss"))
    assert Reading(run).tags() == {"loss", "steps_per_second"}


def test_writers_below_one_another_keep_their_names(run: Path, tmp_path: Path) -> None:
    """As `SummaryWriter.add_scalars` makes them."""
    top = tmp_path / "runs" / "Nov22"
    listed(run, written(top, "loss"), written(top / "loss_train", "loss"), written(top / "a" / "b", "loss"))
    assert Reading(run).tags() == {"loss", "loss_train/loss", "a/b/loss"}


def test_a_second_writer_beside_the_first_names_both(run: Path, tmp_path: Path) -> None:
    listed(run, written(tmp_path / "runs" / "train", "loss"))
    reading = Reading(run)
    assert reading.tags() == {"loss"}
    listed(run, written(tmp_path / "runs" / "valid", "loss"))
    assert reading.tags() == {"train/loss", "valid/loss"}


def test_ranks_are_told_apart(run: Path, tmp_path: Path) -> None:
    for rank in (0, 1, 11):
        listed(run, written(tmp_path / "runs", "loss", f"{NAME}.{rank}"), rank=rank)
    assert Reading(run).tags() == {"loss", "rank-1/loss", "rank-11/loss"}


def test_a_file_that_is_ours_or_listed_twice_is_read_once(run: Path, tmp_path: Path) -> None:
    ours = written(events_folder(run), "loss")
    theirs = written(tmp_path / "runs", "f1")
    listed(run, theirs, theirs, f"{theirs.parent}/../runs/{theirs.name}")
    listed(run, ours, theirs, rank=1)
    reading = Reading(run)
    assert reading.tags() == {"loss", "f1"}
    assert {len(series) for series in reading.reader.history.series.values()} == {1}


def test_a_file_that_is_not_there_yet_is_waited_for(run: Path, tmp_path: Path) -> None:
    listed(run, tmp_path / "later" / NAME)
    reading = Reading(run)
    assert reading.tags() == set()
    written(tmp_path / "later", "loss")
    assert reading.tags() == {"loss"}


def test_what_is_no_path_of_an_event_file_is_left_out(
    run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    good = written(tmp_path / "good", "loss")
    secret = tmp_path / "secret"
    append(secret, header() + scalar("secret", 1, 0.5))
    (tmp_path / f"{NAME}.link").symlink_to(secret)
    os.mkfifo(tmp_path / f"{NAME}.pipe")
    (tmp_path / f"{NAME}.folder").mkdir()
    monkeypatch.chdir(good.parent)
    listed(
        run, secret, NAME, f"./{NAME}", tmp_path / f"{NAME}.link", tmp_path / f"{NAME}.pipe",
        tmp_path / f"{NAME}.folder", f"/no\0such/{NAME}", f"/no\nsuch/{NAME}", "",
        "/" + "x/" * 3000 + NAME,
    )  # fmt: skip
    rank = RunFolder(run).attempt(1).events_elsewhere(0)
    append(rank, b'\xff\xfe\n[]\n{"path": 7}\n{}\n"a"\n' + b"[" * 100_000 + b"\n")
    listed(run, good)
    append(rank, json.dumps({"path": str(written(tmp_path / "torn", "torn"))}).encode())
    reading = Reading(run)
    assert "secret" not in reading.tags()
    assert "torn" not in reading.tags()
    assert {tag.rpartition("/")[2] for tag in reading.tags()} == {"loss"}


def test_a_path_that_begins_with_two_slashes(run: Path, tmp_path: Path) -> None:
    listed(run, written(tmp_path / "a", "loss"), f"/{written(tmp_path / 'b', 'loss')}")
    assert Reading(run).tags() == {"a/loss", "b/loss"}


@pytest.mark.parametrize("kind", ["link", "pipe", "folder"])
def test_a_list_that_is_no_file_is_left_alone(run: Path, tmp_path: Path, kind: str) -> None:
    listed(run, written(tmp_path / "runs", "loss"), rank=1)
    rank = RunFolder(run).attempt(1).events_elsewhere(0)
    if kind == "link":
        append(tmp_path / "list", json.dumps({"path": str(written(tmp_path / "x", "x"))}).encode() + b"\n")
        rank.symlink_to(tmp_path / "list")
    elif kind == "pipe":
        os.mkfifo(rank)
    else:
        rank.mkdir()
    assert Reading(run).tags() == {"rank-1/loss"}


def test_thousands_of_files_are_cut_off_and_said(run: Path, tmp_path: Path) -> None:
    listed(run, written(tmp_path / "runs", "loss"))
    listed(run, *(tmp_path / "runs" / f"{NAME}.{number}" for number in range(3 * MOST_FILES)))
    reading = Reading(run)
    assert reading.tags() == {"loss"}
    assert any(f"more than {MOST_FILES}" in warning for warning in reading.reader.warnings)
