"""Rules about recipes that run a script or module of the user's."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from tunesmith.core.fact import Facts
from tunesmith.core.finding import Finding, Fix, RemoveKey, SetValue, Severity
from tunesmith.core.nearest import nearest
from tunesmith.core.rule import rule
from tunesmith.facts.names import INTERPRETER, MODULE_FILE, SCRIPT_FILE
from tunesmith.facts.packages import at_least
from tunesmith.stages.script.config import UNREAD
from tunesmith.syntax.scalars import written

if TYPE_CHECKING:
    from tunesmith.stages.recipe import Recipe


@rule("TN410", Severity.ERROR, "There is no {script}{hint}", needs=(SCRIPT_FILE,))
def script_not_found(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """The file that `script` names is not there.

    Why: the processes start, and each ends with the same error.
    Library: python: can't open file …: [Errno 2] No such file or directory.
    Flags:
        # file trian.py: pass
        script: train.py
        ---
        script: nowhere/train.py
    Accepts:
        # file train.py: pass
        script: train.py
        ---
        # file code/train.py: pass
        script: code/../code/train.py
    """
    file = facts[SCRIPT_FILE]
    if recipe.script is None or file is None or file.exists:
        return
    script = PurePosixPath(recipe.script)
    meant = nearest(script.name, file.near)
    fixes: tuple[Fix, ...] = ()
    if meant is not None:
        better = str(script.with_name(meant))
        fixes = (Fix(f"Change to {better}", (SetValue(("script",), written(better)),), preferred=True),)
    hint = f"; did you mean {meant}?" if meant else ""
    yield script_not_found.at("script", on="value", script=recipe.script, hint=hint, fixes=fixes)


@rule("TN411", Severity.ERROR, "script and module both say what to run; keep one of them")
def script_and_module(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """A recipe names a script and a module.

    Why: a run runs one program.
    Library: tunesmith, starting the program: ValueError, script and module are both set
    Flags:
        # file train.py: pass
        script: train.py
        module: json.tool
    Accepts:
        # file train.py: pass
        script: train.py
        ---
        module: json.tool
    """
    if recipe.script is not None and recipe.module is not None:
        fix = Fix("Remove module", (RemoveKey(("module",)),), preferred=True)
        yield script_and_module.at("module", fixes=(fix,))


@rule("TN412", Severity.WARNING, "{section} is not read: {reader}")
def section_that_nobody_reads(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """A section belongs to the other way to train: the built-in one, or a script of your own.

    Why: it looks as if it were in force. What a script is to know stands in its `args`.
    Library: silent.
    Flags:
        # file train.py: pass
        script: train.py
        train: {learning_rate: 5.0e-5}
        ---
        # file train.py: pass
        # file d.csv: text,label
        script: train.py
        data: {train: d.csv}
        ---
        task: text-classification
        args: {learning_rate: 5.0e-5}
    Accepts:
        # file train.py: pass
        script: train.py
        args: {learning_rate: 5.0e-5}
        accelerate: {num_processes: 2}
        ---
        train: {learning_rate: 5.0e-5}
    """
    own = next((key for key in ("script", "module") if key in recipe.written), None)
    unread = UNREAD if own else ("args",)
    reader = f"{own} reads its own args" if own else "only a script or module has args"
    for section in unread:
        if section in recipe.written:
            fix = Fix(f"Remove {section}", (RemoveKey((section,)),), preferred=False)
            yield section_that_nobody_reads.at(section, section=section, reader=reader, fixes=(fix,))


@rule("TN413", Severity.ERROR, "An argument is one value or a list of values, not {found}")
def argument_with_parts(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """A value of `args` is a mapping, or a list that holds more than single values.

    Why: a command line has no words for it.
    Library: tunesmith, making the command line: TypeError, an argument cannot hold …
    Flags:
        # file train.py: pass
        script: train.py
        args: {optimizer: {name: adam}}
        ---
        # file train.py: pass
        script: train.py
        args: {sizes: [[1, 2], [3, 4]]}
    Accepts:
        # file train.py: pass
        script: train.py
        args: {sizes: [1, 2], name: adam, fast: true, none: null}
    """
    for key, value in recipe.args.items():
        if isinstance(value, Mapping):
            yield argument_with_parts.at("args", key, on="value", found="a mapping")
        elif isinstance(value, list) and any(isinstance(item, list | Mapping) for item in value):
            yield argument_with_parts.at("args", key, on="value", found="a list of lists or mappings")


@rule("TN414", Severity.ERROR, "{script}, line {line}: {problem}", needs=(SCRIPT_FILE, INTERPRETER))
def script_is_no_python(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """The file that `script` names cannot be parsed.

    Why: each process ends before the script's first line.
    Library: python: SyntaxError.
    Flags:
        # file train.py: for step in range(10)
        script: train.py
    Accepts:
        # file train.py: for step in range(10): pass
        script: train.py
    """
    file, python = facts[SCRIPT_FILE], facts[INTERPRETER].version
    problem = None if file is None else file.problem
    if problem is None or python is None:
        return
    newer = problem.newest[0], problem.newest[1] + 1
    if not at_least(python, *newer):  # A newer Python may know what this one does not.
        yield script_is_no_python.at(
            "script", on="value", script=recipe.script, line=problem.line, problem=problem.message
        )


@rule("TN415", Severity.WARNING, "There is no module {module} in the recipe's folder", needs=(MODULE_FILE,))
def module_not_found(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """The module to run lies neither in the recipe's folder nor in the training interpreter.

    Why: each process ends at once, unless the variable PYTHONPATH leads to it.
    Library: silent before the start; then python: No module named ….
    Flags:
        module: trainer.main
        ---
        # file trainer/main.py: pass
        module: trainer.mian
    Accepts:
        # file trainer/main.py: pass
        module: trainer.main
        ---
        # file trainer/__main__.py: pass
        module: trainer
    """
    module = facts[MODULE_FILE]
    if module is not None and module.found is False:
        yield module_not_found.at("module", on="value", module=module.name)


RULES = (
    script_not_found,
    script_and_module,
    section_that_nobody_reads,
    argument_with_parts,
    script_is_no_python,
    module_not_found,
)
