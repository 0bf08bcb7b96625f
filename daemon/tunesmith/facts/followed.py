"""A program's source followed from its first line to where it reads its command line. Nothing is run.

Only what is plain is known: a parser that somebody else is given may get further arguments, what stands under
a condition may not be there, and after a `return` under a condition nothing is sure.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable
from typing import Any

from tunesmith.facts.conditions import (
    catches_the_end,
    changes_words,
    inside,
    is_main,
    mentioned,
    names_a_file,
    stored,
)
from tunesmith.facts.expressions_followed import Expressions, GivenUp, Scope, Whole, Words
from tunesmith.facts.local_modules import Module, Modules
from tunesmith.facts.parsers import Group, Parser, let_go
from tunesmith.facts.program_arguments import CommandLine

MOST_CALLS = 400
MOST_STATEMENTS = 100_000
DEEPEST = 12
HARMLESS_DECORATORS = frozenset(
    ("torch.distributed.elastic.multiprocessing.errors.record", "torch.no_grad", "torch.inference_mode",
     "functools.cache", "functools.lru_cache")
)  # fmt: skip


class Followed:
    """One program. `found` are the places where it reads its command line, `files` those where it reads a
    file with the same keys, in order."""

    def __init__(self, modules: Modules, libraries: Iterable[str]) -> None:
        self.found: list[CommandLine] = []
        self.files: list[CommandLine] = []
        self.modules = modules
        self.libraries = tuple(libraries)
        self._globals: dict[Any, Scope] = {}
        self._stack: list[ast.FunctionDef] = []
        self._calls = 0
        self._statements = 0

    def module(self, module: Module, main: bool = False) -> Scope:
        """What the module's names stand for when it was imported, or run."""
        known = self._globals.get(module.path)
        if known is not None:
            return known
        if changes_words(module):
            raise GivenUp
        scope = self._globals[module.path] = {"__name__": "__main__" if main else ""}
        Body(self, module, scope, scope).lines(module.tree.body, certain=True)
        return scope

    def step(self) -> None:
        """One more statement is gone through."""
        self._statements += 1
        if self._statements > MOST_STATEMENTS:
            raise GivenUp

    def call(
        self, module: Module, function: ast.FunctionDef, call: ast.Call, given: Expressions, certain: bool
    ) -> Any:
        """Go through a function of the user's; what it returns."""
        self._calls += 1
        if self._calls > MOST_CALLS:
            raise GivenUp
        values = [given.value(one, certain) for one in call.args]
        let_go(given.value(word.value, certain) for word in call.keywords if word.arg is None)
        words = {word.arg: given.value(word.value, certain) for word in call.keywords if word.arg}
        if function in self._stack or len(self._stack) >= DEEPEST or not _plain(module, function):
            let_go([*values, *words.values()])
            return None
        names = [one.arg for one in (*function.args.posonlyargs, *function.args.args)]
        scope: Scope = dict.fromkeys([*names, *(one.arg for one in function.args.kwonlyargs)])
        for name, default in zip(reversed(names), reversed(function.args.defaults), strict=False):
            scope[name] = () if isinstance(default, ast.Constant) and default.value is None else None
        scope |= dict(zip(names, values, strict=False)) | {
            name: one for name, one in words.items() if name in scope
        }
        let_go(values[len(names) :])
        self._stack.append(function)
        try:
            return Body(self, module, scope, self.module(module)).lines(function.body, certain)
        finally:
            self._stack.pop()


class Body(Expressions):
    """The lines of one function or module. In a scope None is a value that is not known, () Python's None."""

    def lines(self, body: list[ast.stmt], certain: bool) -> Any:
        """The value that is returned, if that is plain."""
        for node in body:
            self._program.step()
            if isinstance(node, ast.Return):
                return self.value(node.value, certain) if node.value is not None else ()
            returned = self._statement(node, certain)
            if returned is not None:
                return returned
            if any(isinstance(one, ast.Return) for one in inside(node)):
                certain = False
        return None

    def _statement(self, node: ast.stmt, certain: bool) -> Any:
        if isinstance(node, ast.Assign | ast.AnnAssign):
            if node.value is not None:
                self.assign(
                    node.targets if isinstance(node, ast.Assign) else [node.target], node.value, certain
                )
        elif isinstance(node, ast.If):
            return self._if(node, certain)
        elif isinstance(node, ast.With):
            for item in node.items:
                self.value(item.context_expr, certain)
                self._forget(item.optional_vars)
            return self.lines(node.body, certain)
        elif isinstance(node, ast.Try):
            self._perhaps([node.body], certain and not any(catches_the_end(one) for one in node.handlers))
            self._perhaps([*(one.body for one in node.handlers), node.orelse], certain=False)
            self.lines(node.finalbody, certain)
        elif isinstance(node, ast.For | ast.While):
            self.value(node.iter if isinstance(node, ast.For) else node.test, certain)
            self._forget(node.target if isinstance(node, ast.For) else None)
            self._perhaps([[*node.body, *node.orelse]], certain=False)
        elif isinstance(node, ast.Match):
            self.value(node.subject, certain)
            self._perhaps([case.body for case in node.cases], certain=False)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            self._import(node)
        elif isinstance(node, ast.Expr):
            self.value(node.value, certain)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            if self._scope is not self._outer or not isinstance(node, ast.FunctionDef):
                # It may be called from anywhere.
                let_go(self._scope.get(name) for name in mentioned(node))
        else:
            for child in ast.iter_child_nodes(node):
                if isinstance(child, ast.expr):
                    self.value(child, certain)
            self._forget(node)
        return None

    def _forget(self, node: ast.AST | None) -> None:
        self._scope.update(dict.fromkeys(stored(node)) if node is not None else {})

    def _perhaps(self, bodies: list[list[ast.stmt]], certain: bool) -> list[Any]:
        """Each of several ways that the program may go; what they do not agree on is not known after."""
        before = dict(self._scope)
        ends: list[Scope] = []
        returned: list[Any] = []
        for body in bodies:
            returned.append(self.lines(body, certain))
            ends.append(dict(self._scope))
            self._scope.clear()
            self._scope.update(before)
        if certain:
            self._scope.update(ends[0])
            return returned
        for end in ends:
            changed = [name for name, one in end.items() if name not in before or one is not before[name]]
            self._scope.update(dict.fromkeys(changed))
        return returned

    def _if(self, node: ast.If, certain: bool) -> Any:
        if is_main(node.test):
            here = self._outer.get("__name__") == "__main__"
            return self.lines(node.body if here else node.orelse, certain)
        if names_a_file(node.test):
            self._perhaps([node.body], certain=False)
            return self.lines(node.orelse, certain)
        holds = self._holds(node.test)
        if holds is not None:
            return self.lines(node.body if holds else node.orelse, certain)
        self.value(node.test, certain)
        self._perhaps([node.body, node.orelse], certain=False)
        return None

    def _holds(self, test: ast.expr) -> bool | None:
        """`parser is None`, where that is known."""
        if isinstance(test, ast.Compare) and isinstance(test.left, ast.Name) and len(test.ops) == 1:
            found = self.value(test.left, certain=True)
            if ast.unparse(test.comparators[0]) == "None" and isinstance(
                found, tuple | Parser | Group | Words
            ):
                return (found == ()) == isinstance(test.ops[0], ast.Is)
        return None

    def _import(self, node: ast.Import | ast.ImportFrom) -> None:
        for alias in node.names:
            name = alias.asname or alias.name.partition(".")[0]
            what = self._module.imports.get(name)
            place = self._program.modules.imported(self._module, what) if what is not None else None
            if place is None:
                self._scope[name] = None
                continue
            where, within = place
            scope = self._program.module(where)
            if within not in where.functions:
                self._scope[name] = scope.get(within) if within else Whole(where)


def _plain(module: Module, function: ast.FunctionDef) -> bool:
    """Whether calling it runs its lines."""
    names = [one.func if isinstance(one, ast.Call) else one for one in function.decorator_list]
    return all(module.meant(one) in HARMLESS_DECORATORS for one in names)


def read_places(
    modules: Modules, script: Module, libraries: Iterable[str]
) -> tuple[list[CommandLine], list[CommandLine]]:
    """Where the program of `script` reads its command line, and where a file; none when nobody can follow."""
    program = Followed(modules, libraries)
    try:
        program.module(script, main=True)
    except (GivenUp, RecursionError):
        return [], []
    return program.found, program.files
