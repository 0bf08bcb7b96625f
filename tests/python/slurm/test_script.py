"""From a run to options of sbatch and a batch script."""

from __future__ import annotations

import shlex
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tunesmith.core.layout import RunFolder
from tunesmith.core.spec import Launch, RunSpec
from tunesmith.runs.engines.slurm.script import environment, options, script

RUN = RunFolder(Path("/data/my runs/.tunesmith/runs/20261122-094500-3f2a"))
SPEC = RunSpec(
    id=RUN.id,
    name="tiny",
    recipe="/data/my runs/tiny.train.yaml",
    stage="train",
    config={},
    launch=Launch(("/env/bin/python",), {}, "/data/my runs"),
    interpreter="/env/bin/python",
    num_processes=1,
    created=0.0,
    version="0",
)


def told(**asked: Any) -> tuple[str, ...]:
    return options(replace(SPEC, policy={"engine": "slurm", "slurm": asked}), RUN.attempt(1))


def test_options_are_sbatch_s_own_verbatim() -> None:
    found = told(partition="gpu", nodes=2, gpus_per_node="a100:4", mem="64G", exclusive=True, mail_user=None)
    assert found == (
        "--partition=gpu",
        "--nodes=2",
        "--gpus-per-node=a100:4",
        "--mem=64G",
        "--exclusive",
        "--job-name=tunesmith-tiny",
        "--ntasks-per-node=1",
        "--chdir=/data/my runs",
        f"--output={RUN.attempt(1).job_log}",
        "--open-mode=append",
        "--signal=B:USR1@120",
        "--requeue",
    )


def test_a_list_is_joined_and_what_the_run_sets_is_not_the_recipe_s() -> None:
    found = told(nodelist=["n1", "n2"], output="mine.log", grace=300, requeue=False, job_name="mine")
    assert "--nodelist=n1,n2" in found
    assert "--signal=B:USR1@300" in found
    assert "--job-name=mine" in found
    assert ("--no-requeue" in found, "--requeue" in found) == (True, False)
    assert [word for word in found if word.startswith("--output")] == [f"--output={RUN.attempt(1).job_log}"]


def test_a_value_of_several_lines_is_refused() -> None:
    with pytest.raises(ValueError, match="it must be one line"):
        told(comment="a\nrm -r /")


def test_slurm_s_own_variables_of_another_job_are_not_passed_on() -> None:
    inherited = {
        "HOME": "/home/me",
        "SLURM_CONF": "/etc/slurm.conf",
        "SLURM_JOB_ID": "7",
        "SBATCH_PARTITION": "cpu",
        "SBATCH_TIMELIMIT": "10",
        "SBATCH_ACCOUNT": "mine",
    }
    assert environment(inherited, told(partition="gpu", time="1:00:00")) == {
        "HOME": "/home/me",
        "SLURM_CONF": "/etc/slurm.conf",
        "SBATCH_ACCOUNT": "mine",
    }


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=1))
def test_no_text_of_a_recipe_is_read_by_the_shell(text: str) -> None:
    """Every line but the fixed ones is a comment or one quoted word."""
    folder = f"/data/{text}"
    spec = replace(SPEC, interpreter=f"{folder}/python", policy={"slurm": {"comment": text}})
    lines = script(spec, RunFolder(Path(folder)), Path(folder), options(spec, RUN.attempt(1))).split("\n")
    assert lines[0] == "#!/bin/sh"
    directives = [line for line in lines if line.startswith("#SBATCH ")]
    assert shlex.split(directives[0].removeprefix("#SBATCH ")) == [f"--comment={text}"]
    trap, go, start, end = lines[1 + len(directives) :]
    assert (trap, end) == ('trap "" USR1', "")
    assert shlex.split(go) == ["cd", str(Path(folder)), "||", "exit", "1"]
    assert shlex.split(start) == [
        *("exec", f"{folder}/python", "-E", "-s", "-S", "-m", "tunesmith.supervise.batch"),
        str(Path(folder)),
    ]


def test_the_script_ends_with_the_code_of_the_supervisor(tmp_path: Path) -> None:
    python = tmp_path / "it's a python"
    python.write_text('#!/bin/sh\nprintf "%s\\n" "$PWD" "$@"\nexit 7\n')
    python.chmod(0o755)
    spec = replace(SPEC, interpreter=str(python), policy={"slurm": {}})
    path = tmp_path / "job.sh"
    path.write_text(script(spec, RUN, tmp_path, options(spec, RUN.attempt(1))))
    done = subprocess.run(("/bin/sh", str(path)), capture_output=True, text=True, check=False)
    assert done.returncode == 7
    assert done.stdout.splitlines() == [
        *(str(tmp_path), "-E", "-s", "-S", "-m", "tunesmith.supervise.batch"),
        str(RUN.path),
    ]
