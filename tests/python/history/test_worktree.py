"""The code of a run in a worktree: the commit, the patch, and nothing else of the repository moved."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from ended_run import ended_run, git, repository, write_recipe
from tunesmith.core.layout import RunFolder
from tunesmith.runs import worktree
from tunesmith.runs.worktree import NoCode, code_of, is_changed, listed, remove


@pytest.fixture
def top(tmp_path: Path) -> Path:
    return repository(tmp_path / "project")


@pytest.fixture
def run(top: Path) -> RunFolder:
    """Started with a changed file and a new one, after which work went on."""
    (top / "train.py").write_text("rate = 2\n")
    (top / "new file ü.py").write_text("x = 1\n")
    made = ended_run(write_recipe(top, "1.0e-4"))
    git(top, "add", "-A")
    git(top, "commit", "-qm", "later")
    (top / "train.py").write_text("rate = 9\n")
    return made


def test_the_code_as_the_run_saw_it(run: RunFolder, top: Path, tmp_path: Path) -> None:
    before = git(top, "status", "--porcelain"), git(top, "rev-parse", "HEAD")
    made = code_of(run, tmp_path / "trees")
    place = Path(made.folder)
    assert place.is_relative_to(tmp_path / "trees")
    assert (place / "train.py").read_text() == "rate = 2\n"
    assert (place / "new file ü.py").read_text() == "x = 1\n"
    assert "1.0e-4" in (place / "tiny.train.yaml").read_text()
    assert git(place, "rev-parse", "HEAD") == json.loads(run.source.read_text())["commit"]
    assert (git(top, "status", "--porcelain"), git(top, "rev-parse", "HEAD")) == before
    assert not is_changed(made)
    assert code_of(run, tmp_path / "trees") == made


MAKE = """
import sys
from pathlib import Path
from tunesmith.core.layout import RunFolder
from tunesmith.runs.worktree import code_of
print(code_of(RunFolder(Path(sys.argv[1])), Path(sys.argv[2])).folder)
"""
SLOW_GIT = """#!/bin/sh
"{git}" "$@"
code=$?
case " $* " in *" worktree add "*) sleep 1;; esac
exit $code
"""


def test_two_windows_that_want_it_at_once_get_the_same(run: RunFolder, tmp_path: Path) -> None:
    """The second one took what the first had half made away."""
    (tmp_path / "bin").mkdir()
    slow = tmp_path / "bin" / "git"
    slow.write_text(SLOW_GIT.format(git=shutil.which("git")))
    slow.chmod(0o755)
    environment = {**os.environ, "PATH": f"{slow.parent}:{os.environ['PATH']}"}
    command = [sys.executable, "-c", MAKE, str(run.path), str(tmp_path / "trees")]
    windows = [
        subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) for _ in range(3)
    ]
    told = {window.communicate()[0] for window in windows}
    assert [window.returncode for window in windows] == [0, 0, 0]
    (made,) = listed(tmp_path / "trees")
    assert told == {f"{made.folder}\n"}
    assert (Path(made.folder) / "train.py").read_text() == "rate = 2\n"


def test_listed_changed_and_removed(run: RunFolder, top: Path, tmp_path: Path) -> None:
    trees = tmp_path / "trees"
    made = code_of(run, trees)
    assert listed(trees) == [made]
    (Path(made.folder) / "train.py").write_text("rate = 3\n")
    assert is_changed(made)
    remove(made, trees)
    assert listed(trees) == []
    assert not Path(made.folder).exists()
    assert git(top, "worktree", "list").count("\n") == 0


def test_work_that_was_committed_in_it_counts_as_changed(run: RunFolder, tmp_path: Path) -> None:
    made = code_of(run, tmp_path / "trees")
    git(Path(made.folder), "add", "-A")
    git(Path(made.folder), "commit", "-qm", "kept")
    assert is_changed(made)


def test_removed_also_when_the_repository_is_gone(run: RunFolder, top: Path, tmp_path: Path) -> None:
    made = code_of(run, tmp_path / "trees")
    shutil.rmtree(top)
    assert is_changed(made)
    remove(made, tmp_path / "trees")
    assert not Path(made.folder).exists()


def test_a_commit_that_is_gone(run: RunFolder, top: Path, tmp_path: Path) -> None:
    source = json.loads(run.source.read_text())
    run.source.write_text(json.dumps({**source, "commit": "0" * 40}))
    with pytest.raises(NoCode, match=r"Commit 000000000000 .* is not in .* any more"):
        code_of(run, tmp_path / "trees")
    assert not (tmp_path / "trees").exists()


def test_a_patch_that_does_not_apply_leaves_nothing(run: RunFolder, top: Path, tmp_path: Path) -> None:
    run.patch.write_bytes(run.patch.read_bytes().replace(b"-rate = 1", b"-rate = 7"))
    with pytest.raises(NoCode, match=r"do not apply to .*train\.py"):
        code_of(run, tmp_path / "trees")
    assert listed(tmp_path / "trees") == []
    assert git(top, "worktree", "list").count("\n") == 0


@pytest.mark.parametrize(
    "patch",
    [
        "--- /dev/null\n+++ b/../../../escaped\n@@ -0,0 +1 @@\n+x\n",
        "diff --git a/.git b/.git\nnew file mode 100644\n--- /dev/null\n+++ b/.git\n"
        "@@ -0,0 +1 @@\n+gitdir: x\n",
        "diff --git a/out b/out\nnew file mode 120000\n--- /dev/null\n+++ b/out\n@@ -0,0 +1 @@\n+{root}\n"
        "\\ No newline at end of file\n"
        "diff --git a/out/escaped b/out/escaped\nnew file mode 100644\n--- /dev/null\n+++ b/out/escaped\n"
        "@@ -0,0 +1 @@\n+x\n",
    ],
)
def test_a_patch_that_reaches_out_is_refused(run: RunFolder, top: Path, tmp_path: Path, patch: str) -> None:
    run.patch.write_text(patch.format(root=tmp_path))
    with pytest.raises(NoCode, match="do not apply"):
        code_of(run, tmp_path / "trees")
    assert not list(tmp_path.rglob("escaped"))


def test_the_repository_is_the_one_around_the_run_whatever_its_files_name(
    run: RunFolder, top: Path, tmp_path: Path
) -> None:
    other = repository(tmp_path / "other")
    source = json.loads(run.source.read_text())
    escaping = {**source, "repository": str(other), "folder": "../../.."}
    run.source.write_text(json.dumps(escaping))
    made = code_of(run, tmp_path / "trees")
    assert made.repository == str(top)
    assert made.recipe_folder == made.folder
    for commit in ("--help", "HEAD", "main", None, 7):
        run.source.write_text(json.dumps({**source, "commit": commit}))
        with pytest.raises(NoCode, match="before the first commit"):
            code_of(run, tmp_path / "trees")


def test_no_hook_is_run(run: RunFolder, top: Path, tmp_path: Path) -> None:
    for hook in ("post-checkout", "post-index-change", "reference-transaction"):
        path = top / ".git" / "hooks" / hook
        path.write_text(f"#!/bin/sh\ntouch {tmp_path / 'sprung'}\n")
        path.chmod(0o755)
    code_of(run, tmp_path / "trees")
    assert not (tmp_path / "sprung").exists()


def test_one_that_was_never_finished_is_made_anew(run: RunFolder, tmp_path: Path) -> None:
    made = code_of(run, tmp_path / "trees")
    worktree._note_of(Path(made.folder)).unlink()
    (Path(made.folder) / "train.py").write_text("half\n")
    code_of(run, tmp_path / "trees")
    assert (Path(made.folder) / "train.py").read_text() == "rate = 2\n"


def test_only_worktrees_are_removed(run: RunFolder, tmp_path: Path) -> None:
    made = code_of(run, tmp_path / "trees")
    precious = tmp_path / "precious" / "one"
    precious.mkdir(parents=True)
    note = worktree._note_of(Path(made.folder))
    note.write_text(json.dumps({**json.loads(note.read_text()), "folder": str(precious)}))
    assert listed(tmp_path / "trees") == []
    with pytest.raises(NoCode, match="is no worktree of a run"):
        remove(worktree.Worktree(**json.loads(note.read_text())), tmp_path / "trees")
    assert precious.is_dir()


def test_a_run_outside_of_any_repository(tmp_path: Path) -> None:
    made = ended_run(write_recipe(tmp_path))
    with pytest.raises(NoCode, match="kept no commit"):
        code_of(made, tmp_path / "trees")
