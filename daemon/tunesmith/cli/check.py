"""`tunesmith check`: what is wrong with training configurations, without an editor."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from tunesmith.cli.checking.engine import Engine
from tunesmith.cli.checking.found import CheckedFile, Problem, problems_of
from tunesmith.cli.checking.inputs import STDIN, Input, Unread, Unusable, inputs_of, reason_of
from tunesmith.cli.checking.mending import Change, mend
from tunesmith.cli.checking.text import as_text, changes_as_lines, shown
from tunesmith.core.finding import Severity
from tunesmith.facts import interpreter
from tunesmith.facts.target_file import read_target_file
from tunesmith.stages.recipe import SUFFIX

CLEAN, FOUND, UNUSABLE = 0, 1, 2
FORMATS = ("text", "json", "sarif")
FAILING: dict[str, tuple[Severity, ...]] = {
    "error": (Severity.ERROR,),
    "warning": (Severity.ERROR, Severity.WARNING),
    "hint": tuple(Severity),
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "paths",
        nargs="*",
        type=Path,
        default=[Path()],
        help=f"recipes (*{SUFFIX}); configurations for Hugging Face, TRL, Accelerate, DeepSpeed, "
        "LLaMA-Factory and Axolotl; folders that hold such files; or - for standard input",
    )
    parser.add_argument("--format", choices=FORMATS, default="text", help="how findings are printed")
    parser.add_argument(
        "--json", dest="format", action="store_const", const="json", help="the same as --format json"
    )
    parser.add_argument("--fix", action="store_true", help="make the fixes that leave no choice, then check")
    parser.add_argument(
        "--fail-on",
        choices=tuple(FAILING),
        default="error",
        help="the least severity that makes the exit code 1 (error if left out)",
    )
    parser.add_argument(
        "--target",
        type=Path,
        metavar="FILE",
        help="a profile of the machine and packages that will train, in place of what is here",
    )
    parser.add_argument(
        "--interpreter", metavar="PATH", help="the Python that trains (found by itself if left out)"
    )
    parser.add_argument(
        "--stdin-name", type=Path, metavar="NAME", help="the file that standard input stands for"
    )
    parser.epilog = (
        "Exit code: 0 nothing that fails, 1 findings of --fail-on or worse, 2 nothing to check, or a file "
        "that cannot be read."
    )


def run(arguments: argparse.Namespace) -> int:
    unread: dict[Unread, None] = {}
    try:
        engine = engine_of(arguments)
        inputs = once(one for path in arguments.paths for one in inputs_of(path, arguments.stdin_name))
        changes = mended(engine, inputs) if arguments.fix else []
        files, passed_over = checked(engine, inputs, unread)
    except Unusable as error:
        return complain(str(error))
    for one in unread:
        complain(f"{shown(one.file)}: not read: {one.why}")
    problems = problems_of(files)
    if arguments.format == "text":
        print(as_text(files, problems, changes, passed_over))
    else:
        print(as_document(arguments.format, files, problems, changes, list(unread)))
    failing = FAILING[arguments.fail_on]
    if any(one.severity in failing for one in problems):
        return FOUND
    return UNUSABLE if unread else CLEAN


def engine_of(arguments: argparse.Namespace) -> Engine:
    chosen: str | None = arguments.interpreter
    target: Path | None = arguments.target
    paths: list[Path] = arguments.paths
    if chosen and interpreter.find(Path(), chosen) is None:
        raise Unusable(f"There is no Python at {chosen}.")
    if target is not None and (profile := read_target_file(target)).target is None:
        raise Unusable(f"{target} is no target profile: {profile.problem}.")
    if arguments.fix and STDIN in paths:
        raise Unusable("--fix writes files: it cannot be used with standard input.")
    return Engine((Path.cwd(), *(path.absolute() for path in paths if path.is_dir())), chosen, target)


def once(inputs: Iterable[Input]) -> list[Input]:
    """Each file once, as named where it was named, too."""
    by_file: dict[Path, Input] = {}
    for one in inputs:
        if one.is_named or one.file not in by_file:
            by_file[one.file] = one
    return list(by_file.values())


def mended(engine: Engine, inputs: Sequence[Input]) -> list[Change]:
    asked = {one.file for one in inputs}
    made: list[Change] = []
    for one in inputs:
        try:
            made += mend(engine, one, asked)
        except Unread:
            # The check that follows says so.
            continue
        except OSError as error:
            raise Unusable(f"{error.filename or one.file} cannot be mended: {reason_of(error)}.") from error
    return made


def checked(
    engine: Engine, inputs: Sequence[Input], unread: dict[Unread, None]
) -> tuple[list[CheckedFile], int]:
    """The training configurations, and how many of the named files are none. What cannot be read is added to
    `unread`."""
    files: list[CheckedFile] = []
    passed_over = 0
    for one in inputs:
        try:
            text = one.text()
        except Unread as error:
            unread[error] = None
            continue
        found = None if text is None else engine.check(one.file, text)
        if found is not None:
            files.append(found)
        passed_over += found is None and one.is_named
    if not files and not passed_over and not unread:
        raise Unusable("There is no training configuration in what was named.")
    return files, passed_over


def as_document(
    format_: str,
    files: Sequence[CheckedFile],
    problems: Sequence[Problem],
    changes: Sequence[Change],
    unread: Sequence[Unread],
) -> str:
    if format_ == "json":
        from tunesmith.cli.checking.as_json import as_json

        return as_json(files, problems, changes, unread)
    from tunesmith.cli.checking.sarif import as_sarif

    for line in changes_as_lines(changes):
        print(line, file=sys.stderr)
    return as_sarif(problems, unread)


def complain(problem: str) -> int:
    print(problem, file=sys.stderr)
    return UNUSABLE
