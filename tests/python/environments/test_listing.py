"""The Pythons that can be chosen, and which one a folder has chosen."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from daemon_client import ErrorReply, daemon
from environment_folders import make_conda, make_conda_root, make_python, make_venv, write
from tunesmith.facts.environments import environments
from tunesmith.server.chosen import chosen
from tunesmith.server.messages.settings import Options


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A user's home with a conda installation, pyenv, and a Python on the PATH."""
    home = tmp_path / "home"
    make_conda_root(home / "miniforge3")
    make_conda(home / "miniforge3" / "envs" / "train", packages={"torch": "2.6.0"})
    make_conda(tmp_path / "elsewhere" / "env")
    gone = tmp_path / "gone"
    listed = f"{home}/miniforge3\n{tmp_path}/elsewhere/env\n{gone}\n\n{home}/miniforge3/envs/train\n"
    write(home / ".conda" / "environments.txt", listed)
    make_python(home / ".pyenv" / "versions" / "3.12.4", "3.12.4", {})
    make_venv(home / ".virtualenvs" / "old", "3.8.10")
    write(home / ".pyenv" / "shims" / "python3", "#!/bin/sh\n").chmod(0o755)
    for name in ("python3.11", "python3-config"):
        write(tmp_path / "usr" / "bin" / name, "").chmod(0o755)
    (tmp_path / "usr" / "bin" / "python3").symlink_to("python3.11")
    monkeypatch.setenv("HOME", str(home))
    for name in ("CONDA_EXE", "CONDA_PREFIX", "PYENV_ROOT", "VIRTUAL_ENV", "WORKON_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PATH", f"{home}/.pyenv/shims:{tmp_path}/usr/bin:/nowhere")
    return home


def test_each_python_is_listed_once_the_nearest_first(home: Path, tmp_path: Path) -> None:
    folder = tmp_path / "work" / "project"
    make_venv(folder / ".venv", "3.12.1")
    make_venv(folder / "other", "3.11.1")
    make_venv(tmp_path / "work" / "venv", "3.10.1")
    known = [str(folder / ".venv" / "bin" / "python"), str(tmp_path / "usr" / "bin" / "python3"), "/nowhere"]
    found = environments(folder, known, {**os.environ, "VIRTUAL_ENV": str(home / ".virtualenvs" / "old")})
    below = [one for one in found if one.interpreter.prefix.is_relative_to(tmp_path)]
    places = [(one.source, str(one.interpreter.prefix.relative_to(tmp_path))) for one in below]
    assert places == [
        ("near", "work/project/.venv"),
        ("near", "work/venv"),
        ("near", "work/project/other"),
        ("known", "usr"),
        ("active", "home/.virtualenvs/old"),
        ("conda", "home/miniforge3"),
        ("conda", "elsewhere/env"),
        ("conda", "home/miniforge3/envs/train"),
        ("pyenv", "home/.pyenv/versions/3.12.4"),
    ]


@pytest.mark.parametrize(
    ("folder", "expected"),
    [
        ("/w/a", "/a/python"),
        ("/w/a/deep/er", "/a/python"),
        ("/w/a/inner", "/inner/python"),
        ("/w/ab", "/default/python"),
        ("/w/none/deep", None),
    ],
)
def test_the_nearest_folder_chooses(folder: str, expected: str | None) -> None:
    named = {"/w/a": "/a/python", "/w/a/inner": "/inner/python", "/w/none": ""}
    options = Options(training_interpreter="/default/python", training_interpreters=named)
    assert chosen(options, Path(folder)) == expected


async def test_the_daemon_lists_them_with_what_they_hold(home: Path, tmp_path: Path) -> None:
    work = tmp_path / "work"
    make_venv(work / ".venv", "3.11.2", {"torch": "2.5.0", "transformers": "4.50.0"})
    named = {str(work): str(home / "miniforge3" / "envs" / "train")}
    async with daemon(work, trainingInterpreters=named) as client:
        params = {"folder": str(work), "known": [str(home / ".virtualenvs" / "old")]}
        listed = (await client.request("tunesmith/interpreters/list", params))["interpreters"]
        rows = {row["name"]: row for row in listed}
        assert rows[".venv"] == {
            "path": str(work / ".venv" / "bin" / "python"),
            "name": ".venv",
            "kind": "venv",
            "source": "near",
            "version": "3.11.2",
            "packages": {"torch": "2.5.0", "transformers": "4.50.0"},
            "current": False,
            "unfit": None,
        }
        assert [name for name, row in rows.items() if row["current"]] == ["train"]
        assert "training needs 3.10 or newer" in rows["old"]["unfit"]
        assert rows["base"]["kind"] == "conda"
        with pytest.raises(ErrorReply, match="in none of the open folders"):
            await client.request("tunesmith/environment/check", {"folder": str(tmp_path)})
        report = await client.request("tunesmith/environment/check", {"folder": str(work)})
        said = {row["name"]: row["says"] for row in report["rows"]}
        assert "chosen" in said["Training interpreter"]
        assert "not trusted" in said["torch and devices"]


async def test_each_folder_is_checked_with_its_own(tmp_path: Path) -> None:
    """What is wrong with the interpreter of one folder is no finding about a recipe of the other."""
    new = {"torch": "2.6.0", "accelerate": "1.2.0", "transformers": "4.50.1", "datasets": "3.1.0"}
    text = "task: text-classification\n"
    for name, packages in (("a", new), ("b", {**new, "torch": "2.3.0"})):
        make_venv(tmp_path / "environments" / name, packages=packages)
        write(tmp_path / name / "r.train.yaml", text)
    named = {str(tmp_path / name): str(tmp_path / "environments" / name) for name in ("a", "b")}
    async with daemon(tmp_path, trainingInterpreters=named) as client:
        uris = [(tmp_path / name / "r.train.yaml").as_uri() for name in ("a", "b")]
        for uri in uris:
            document = {"uri": uri, "languageId": "yaml", "version": 1, "text": text}
            client.notify("textDocument/didOpen", {"textDocument": document})
        first = await client.request("tunesmith/focus", {"uri": uris[0]})
        second = await client.request("tunesmith/focus", {"uri": uris[1]})
        assert first["packages"]["torch"] == "2.6.0"
        assert first["message"] is None
        assert "has torch 2.3.0; training needs 2.4 or newer" in second["message"]
        said: dict[str, dict[str, str]] = {uri: {} for uri in uris}
        while "TN901" not in said[uris[1]]:
            sent = await client.next("textDocument/publishDiagnostics")
            said[sent["uri"]] = {one["code"]: one["message"] for one in sent["diagnostics"]}
        assert "TN901" not in said[uris[0]]
        message = said[uris[1]]["TN901"]
        assert message == second["message"], "one message, wherever it is shown"
