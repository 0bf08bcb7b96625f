"""What the status bar says about the training interpreter and the rules that could not run."""

from __future__ import annotations

from collections.abc import Mapping

from tunesmith.facts.interpreter import Interpreter
from tunesmith.facts.names import VERSIONS
from tunesmith.facts.packages import at_least
from tunesmith.rules.check import Report
from tunesmith.server.protocol import Options, Status

SHOWN = ("torch", "transformers", "accelerate", "datasets")
OLDEST_PYTHON = (3, 10)
OLDEST = {"torch": (2, 4), "transformers": (4, 46)}
NEEDED = ("torch", "transformers", "accelerate")


def status(options: Options, interpreter: Interpreter | None, report: Report | None) -> Status:
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
        message=trouble(options, interpreter, versions if report and VERSIONS in report.facts else None),
    )


def trouble(
    options: Options, interpreter: Interpreter | None, versions: Mapping[str, str] | None
) -> str | None:
    """What is wrong with the interpreter and what to do. `versions` is None while they are not known."""
    if interpreter is None:
        if options.training_interpreter:
            return (
                f"There is no Python at {options.training_interpreter}. Select another training interpreter."
            )
        return "No training interpreter was found. Select the Python that has torch and transformers."
    if interpreter.version and not at_least(interpreter.version, *OLDEST_PYTHON):
        return f"{interpreter.path} is Python {interpreter.version}, and training needs 3.10. Select another."
    if versions is None:
        return None
    missing = [name for name in NEEDED if name not in versions]
    if missing:
        lacks = " and no ".join(missing)
        return f"{interpreter.path} has no {lacks}. Install it there, or select another Python."
    for name, oldest in OLDEST.items():
        if not at_least(versions[name], *oldest):
            wanted = ".".join(map(str, oldest))
            return f"{interpreter.path} has {name} {versions[name]}, and training needs {wanted}. Update it."
    return None
