"""The trash: what goes in, what comes back, and that nothing outside of it is ever deleted."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from ended_run import ended_run, new_run, write_recipe
from tunesmith.core.layout import RunFolder
from tunesmith.runs import store, trash
from tunesmith.runs.trash import NotMoved

HOLD = """
import sys
from pathlib import Path
from tunesmith.core import locks
locks.take_exclusive(Path(sys.argv[1]))
print("held", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def run(tmp_path: Path) -> RunFolder:
    return ended_run(write_recipe(tmp_path / "project" if (tmp_path / "project").mkdir() else tmp_path))


def home(run: RunFolder) -> Path:
    return run.path.parent


def test_deleted_listed_and_restored(run: RunFolder) -> None:
    before = sorted(path.relative_to(run.path) for path in run.path.rglob("*"))
    trash.delete(run)
    assert store.runs_in(home(run)) == []
    (trashed,) = trash.listed(home(run))
    assert (trashed.id, trashed.name) == (run.id, "tiny")
    assert trashed.size > 1000
    assert trash.restore(home(run), run.id) == run
    assert sorted(path.relative_to(run.path) for path in run.path.rglob("*")) == before
    assert store.look(run).cause == "finished"
    assert trash.listed(home(run)) == []


def test_emptied_it_is_gone_and_says_how_much(run: RunFolder) -> None:
    (run.checkpoints / "weights").write_bytes(b"x" * 100_000)
    other = ended_run(Path(store.look(run).recipe))
    trash.delete(run)
    trash.delete(other)
    size = sum(one.size for one in trash.listed(home(run)))
    emptied = trash.empty(home(run))
    assert (emptied.runs, emptied.size, emptied.left) == (2, size, ())
    assert size > 100_000
    assert list(trash.trash_of(home(run)).iterdir()) == []
    with pytest.raises(NotMoved, match=r"no run .* in the trash"):
        trash.restore(home(run), run.id)


def test_only_what_is_over_is_deleted(run: RunFolder) -> None:
    queued = new_run(Path(store.look(run).recipe))
    with pytest.raises(NotMoved, match="is not over"):
        trash.delete(queued)
    with pytest.raises(NotMoved, match="There is no run"):
        trash.delete(RunFolder(home(run) / "20990101-000000-ffff"))
    lost = new_run(Path(store.look(run).recipe))
    lost.attempt(1).started.write_text("{}")
    trash.delete(lost)
    assert not lost.path.exists()


def test_what_lives_is_neither_deleted_nor_emptied(run: RunFolder) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(run.supervisor_lock)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdin is not None
        assert holder.stdout.readline() == b"held\n"
        with pytest.raises(NotMoved, match="is not over"):
            trash.delete(run)
        trashed = trash.trash_of(home(run)) / run.id
        trashed.parent.mkdir()
        run.path.rename(trashed)
        assert trash.empty(home(run)).left == (f"{run.id} is going on: restore it, then stop it.",)
        assert trashed.is_dir()
        holder.stdin.close()


def test_a_run_that_another_one_goes_on_from_stays(run: RunFolder) -> None:
    child = new_run(Path(store.look(run).recipe))
    spec = json.loads(child.spec.read_text())
    child.spec.write_text(json.dumps({**spec, "parent": run.id}))
    with pytest.raises(NotMoved, match=f"{child.id} goes on from {run.id}"):
        trash.delete(run)


def test_links_are_removed_and_never_followed(run: RunFolder, tmp_path: Path) -> None:
    precious = tmp_path / "precious"
    precious.mkdir()
    (precious / "file").write_text("kept")
    (run.checkpoints / "link").symlink_to(precious)
    (run.path / "file").symlink_to(precious / "file")
    trash.delete(run)
    assert trash.listed(home(run))[0].size < 1_000_000
    assert trash.empty(home(run)).left == ()
    assert (precious / "file").read_text() == "kept"


def test_a_run_that_is_a_link_is_not_deleted(run: RunFolder, tmp_path: Path) -> None:
    linked = RunFolder(home(run) / "linked")
    linked.path.symlink_to(run.path)
    with pytest.raises(NotMoved, match="There is no run linked"):
        trash.delete(linked)
    assert run.path.is_dir()


def test_a_trash_that_is_a_link_is_no_trash(run: RunFolder, tmp_path: Path) -> None:
    precious = tmp_path / "precious"
    (precious / "20200101-000000-aaaa").mkdir(parents=True)
    (precious / ".going-20200101-000000-bbbb").mkdir()
    trash.trash_of(home(run)).symlink_to(precious)
    with pytest.raises(NotMoved, match="is a link"):
        trash.delete(run)
    assert trash.listed(home(run)) == []
    assert trash.empty(home(run)) == trash.Emptied(0, 0)
    with pytest.raises(NotMoved):
        trash.restore(home(run), "20200101-000000-aaaa")
    assert len(list(precious.iterdir())) == 2


def test_an_entry_of_the_trash_that_is_a_link_is_left_alone(run: RunFolder, tmp_path: Path) -> None:
    precious = tmp_path / "precious"
    precious.mkdir()
    (precious / "file").write_text("kept")
    trash.delete(run)
    (trash.trash_of(home(run)) / "20200101-000000-aaaa").symlink_to(precious)
    (trash.trash_of(home(run)) / ".going-x").symlink_to(precious)
    emptied = trash.empty(home(run))
    assert emptied.runs == 1
    assert emptied.left == ("x was deleted in part: Cannot call rmtree on a symbolic link.",)
    assert (precious / "file").read_text() == "kept"


@pytest.mark.parametrize("name", ["", ".", "..", "../runs", "/etc", ".hidden", "a/b", "a\0b"])
def test_an_id_is_no_path(run: RunFolder, name: str) -> None:
    trash.trash_of(home(run)).mkdir()
    assert not trash.is_id(name)
    with pytest.raises(NotMoved):
        trash.restore(home(run), name)


def test_neither_way_overwrites_what_is_there(run: RunFolder) -> None:
    trash.delete(run)
    run.path.mkdir()
    with pytest.raises(NotMoved, match="already"):
        trash.restore(home(run), run.id)
    run.path.rmdir()
    trash.restore(home(run), run.id)
    (trash.trash_of(home(run)) / run.id).mkdir()
    with pytest.raises(NotMoved, match=r"has a run .* already"):
        trash.delete(run)
