"""Running Slurm's commands: argument lists, a time limit, and its own words when something is wrong."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping, Sequence

from tunesmith.runs.engines.engine import EngineRefused

PATIENCE = 30.0
"""Seconds for a command that somebody asked for; a scheduler that is busy may take ten."""
ASKING = 5.0
"""Seconds for a question, which is asked again."""


class NoAnswer(Exception):
    """The command failed, and the scheduler said nothing about a job."""


def order(
    command: Sequence[str], environment: Mapping[str, str] = os.environ, given: str | None = None
) -> str:
    """Do something; what it prints. Raises EngineRefused with the command's own words."""
    try:
        done = subprocess.run(
            command,
            env=dict(environment),
            input=given,
            stdin=subprocess.DEVNULL if given is None else None,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
    except FileNotFoundError as error:
        raise EngineRefused(
            f"{command[0]} is not installed on this machine. Open the folder on a login node of the cluster, "
            "or set run.engine to local."
        ) from error
    except subprocess.TimeoutExpired as error:
        raise EngineRefused(
            f"{command[0]} gave no answer for {PATIENCE:.0f} s: the scheduler may be down. Try again later."
        ) from error
    if done.returncode:
        raise EngineRefused(f"{command[0]}: {said(done.stderr) or said(done.stdout) or 'it said nothing'}")
    return done.stdout


def ask(command: Sequence[str]) -> str:
    """What a question prints. Raises NoAnswer when it is not answered."""
    try:
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=ASKING, check=False
        )
    except FileNotFoundError as error:
        raise NoAnswer(f"{command[0]} is not installed on this machine") from error
    except subprocess.TimeoutExpired as error:
        raise NoAnswer(f"{command[0]} gave no answer for {ASKING:.0f} s") from error
    if done.returncode:
        raise NoAnswer(f"{command[0]}: {said(done.stderr) or said(done.stdout)}")
    return done.stdout


def said(text: str) -> str:
    """The lines of a command's complaint as one, without its own name before each."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    plain = [line.partition(": ")[2] if line.startswith(("sbatch:", "scancel:")) else line for line in lines]
    return " ".join(line.removeprefix("error: ") for line in plain)
