"""What the status bar says about the training interpreter and the rules that could not run."""

from __future__ import annotations

from tunesmith.facts.fitness import unfit, unusable
from tunesmith.facts.interpreter import Interpreter
from tunesmith.facts.names import VERSIONS
from tunesmith.rules import environment
from tunesmith.rules.check import Report
from tunesmith.rules.texts import message
from tunesmith.server.messages.settings import Status

SHOWN = ("torch", "transformers", "accelerate", "datasets")


def status(
    chosen: str | None,
    interpreter: Interpreter | None,
    report: Report | None,
    next_start: int | None = None,
) -> Status:
    """`chosen` is what the user named for the recipe's folder; `report` is None while no recipe is open.
    `next_start` is the memory of its next start, if that is kept ready."""
    versions = (report.facts.get(VERSIONS) if report else None) or {}
    packages = {name: versions[name] for name in SHOWN if name in versions}
    if interpreter and interpreter.version:
        packages = {"python": interpreter.version, **packages}
    return Status(
        interpreter=str(interpreter.path) if interpreter else None,
        packages=packages,
        rules_run=report.rules_run if report else 0,
        rules_waiting=report.rules_waiting if report else 0,
        waiting_for=list(report.waiting_for) if report else [],
        message=trouble(chosen, interpreter, report),
        next_start=next_start,
    )


def trouble(chosen: str | None, interpreter: Interpreter | None, report: Report | None) -> str | None:
    """What is wrong with the interpreter and what to do: as the problem list says it, if it does."""
    if interpreter is None:
        return unusable(chosen)
    found = [one for one in report.findings if one.code in environment.CODES] if report else []
    return message(found[0]) if found else unfit(interpreter)
