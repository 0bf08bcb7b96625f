"""What the status bar says about the training interpreter and the rules that could not run."""

from __future__ import annotations

from tunesmith.facts.fitness import unfit, unusable
from tunesmith.facts.interpreter import Interpreter
from tunesmith.facts.names import TARGET_FILE, VERSIONS
from tunesmith.facts.target_file import TargetFile
from tunesmith.rules import environment
from tunesmith.rules.check import Report
from tunesmith.rules.texts import message
from tunesmith.server.messages.settings import Status
from tunesmith.server.snapshot import Snapshot

SHOWN = ("torch", "transformers", "accelerate", "datasets")


def status(
    chosen: str | None,
    interpreter: Interpreter | None,
    last: Snapshot | None,
    target: TargetFile | None = None,
    next_start: int | None = None,
) -> Status:
    """`chosen` is what the user named for the recipe's folder; `last` is None while nothing is open that we
    check; `target` is the profile that counts for what names none. `next_start` is the memory of its next
    start, if that is kept ready."""
    report = last.checked if last else None
    own = last.report.facts.get(TARGET_FILE) if last and last.report else None
    target = own or target
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
        message=None if target else trouble(chosen, interpreter, last.report if last else None),
        uri=last.uri if last else None,
        kind=last.kind if last else None,
        target=str(target.path) if target else None,
        target_problem=target.problem if target and not target.target else None,
        target_is_own=own is not None,
        launch=str(last.launch) if last and last.launch else None,
        next_start=next_start,
    )


def trouble(chosen: str | None, interpreter: Interpreter | None, report: Report | None) -> str | None:
    """What is wrong with the interpreter and what to do: as the problem list says it, if it does."""
    if interpreter is None:
        return unusable(chosen)
    found = [one for one in report.findings if one.code in environment.CODES] if report else []
    return message(found[0]) if found else unfit(interpreter)
