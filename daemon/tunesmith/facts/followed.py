"""A program's source followed from its first line to where it reads its command line. Nothing is run.

Only what is plain is known: a parser that somebody else is given may get further arguments, what stands under
a condition may not be there, and after a `return` under a condition nothing is sure.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from tunesmith.facts import parsers
from tunesmith.facts.conditions import (
    CHANGES,
    as_tuple,
    catches_the_end,
    changes_words,
    inside,
    is_main,
    is_words,
    mentioned,
    names_a_file,
    stored,
)
from tunesmith.facts.dataclass_options import fields_of
from tunesmith.facts.local_modules import Module, Modules
from tunesmith.facts.parsers import Commands, Group, Parser
from tunesmith.facts.program_arguments import CommandLine

MOST_CALLS = 400
DEEPEST = 12
HARMLESS_DECORATORS = frozenset(
    ("torch.distributed.elastic.multiprocessing.errors.record", "torch.no_grad", "torch.inference_mode",
     "functools.cache", "functools.lru_cache")
)  # fmt: skip


class GivenUp(Exception):
    """The program changes its command line itself, or is too large to follow."""


@dataclass(frozen=True)
class Words:
    """What the program was started with."""


@dataclass(frozen=True)
class Whole:
    """A module of the user's as a value."""

    module: Module


WORDS = Words()
Scope = dict[str, Any]


class Followed:
    """One program. `found` are the places where it reads its command line, in order."""

    def __init__(self, modules: Modules, libraries: Iterable[str]) -> None:
        self.found: list[CommandLine] = []
        self._modules = modules
        self._libraries = tuple(libraries)
        self._globals: dict[Any, Scope] = {}
        self._stack: list[ast.FunctionDef] = []
        self._calls = 0

    def module(self, module: Module, main: bool = False) -> Scope:
        """What the module's names stand for when it was imported, or run."""
        known = self._globals.get(module.path)
        if known is not None:
            return known
        if changes_words(module):
            raise GivenUp
        scope = self._globals[module.path] = {"__name__": "__main__" if main else ""}
        _Body(self, module, scope, scope).lines(module.tree.body, certain=True)
        return scope

    def call(
        self, module: Module, function: ast.FunctionDef, call: ast.Call, given: _Body, certain: bool
    ) -> Any:
        """Go through a function of the user's; what it returns."""
        self._calls += 1
        if self._calls > MOST_CALLS:
            raise GivenUp
        values = [given.value(one, certain) for one in call.args]
        words = {word.arg: given.value(word.value, certain) for word in call.keywords if word.arg}
        if function in self._stack or len(self._stack) >= DEEPEST or not _plain(module, function):
            _let_go([*values, *words.values()])
            return None
        names = [one.arg for one in (*function.args.posonlyargs, *function.args.args)]
        scope: Scope = dict.fromkeys([*names, *(one.arg for one in function.args.kwonlyargs)])
        for name, default in zip(reversed(names), reversed(function.args.defaults), strict=False):
            scope[name] = () if isinstance(default, ast.Constant) and default.value is None else None
        scope |= dict(zip(names, values, strict=False)) | {
            name: one for name, one in words.items() if name in scope
        }
        _let_go(values[len(names) :])
        self._stack.append(function)
        try:
            return _Body(self, module, scope, self.module(module)).lines(function.body, certain)
        finally:
            self._stack.pop()


class _Body:
    """The lines of one function or module. In a scope None is a value that is not known, () Python's None."""

    def __init__(self, program: Followed, module: Module, scope: Scope, outer: Scope) -> None:
        self._program = program
        self._module = module
        self._scope = scope
        self._outer = outer

    def lines(self, body: list[ast.stmt], certain: bool) -> Any:
        """The value that is returned, if that is plain."""
        for node in body:
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
                self._assign(
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
                _let_go(self._scope.get(name) for name in mentioned(node))
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

    def _assign(self, targets: list[ast.expr], node: ast.expr, certain: bool) -> None:
        found = self.value(node, certain)
        for target in targets:
            if isinstance(target, ast.Name):
                self._scope[target.id] = found
            elif isinstance(target, ast.Tuple):
                parts = found if isinstance(found, tuple) and len(found) == len(target.elts) else None
                for index, one in enumerate(target.elts):
                    if isinstance(one, ast.Name):
                        self._scope[one.id] = parts[index] if parts else None
            elif isinstance(target, ast.Attribute):
                owner = self.value(target.value, certain)
                if isinstance(owner, Parser) and target.attr not in parsers.ASSIGNED:
                    owner.escapes()
                _let_go([found])
            else:
                _let_go([found])

    def _import(self, node: ast.Import | ast.ImportFrom) -> None:
        for alias in node.names:
            name = alias.asname or alias.name.partition(".")[0]
            what = self._module.imports.get(name)
            place = self._program._modules.imported(self._module, what) if what is not None else None
            if place is None:
                self._scope[name] = None
                continue
            where, within = place
            scope = self._program.module(where)
            if within not in where.functions:
                self._scope[name] = scope.get(within) if within else Whole(where)

    def value(self, node: ast.expr | None, certain: bool) -> Any:
        """What an expression stands for; every call in it is followed."""
        if node is None:
            return None
        if isinstance(node, ast.Name):
            return self._scope[node.id] if node.id in self._scope else self._outer.get(node.id)
        if isinstance(node, ast.Constant):
            return () if node.value is None else None
        if isinstance(node, ast.Tuple):
            return tuple(self.value(one, certain) for one in node.elts)
        if is_words(node, self._module):
            return WORDS
        if isinstance(node, ast.Call):
            return self._call(node, certain)
        if isinstance(node, ast.Attribute):
            owner = self.value(node.value, certain)
            if isinstance(owner, Whole):
                return self._program.module(owner.module).get(node.attr)
            return None
        if isinstance(node, ast.NamedExpr):
            self._assign([node.target], node.value, certain)
            return self._scope.get(node.target.id)
        uncertain = isinstance(node, ast.IfExp | ast.BoolOp | ast.Lambda) or hasattr(node, "generators")
        values = [
            self.value(child, certain and not uncertain)
            for child in ast.iter_child_nodes(node)
            if isinstance(child, ast.expr)
        ]
        for part in getattr(node, "generators", ()):
            self.value(part.iter, certain)
        if not isinstance(node, ast.Compare):
            _let_go(values)
        return None

    def _call(self, call: ast.Call, certain: bool) -> Any:
        if isinstance(call.func, ast.Attribute):
            owner = self.value(call.func.value, certain)
            if isinstance(owner, Parser | Group | Commands):
                return self._method(owner, call.func.attr, call, certain)
            if owner is WORDS and call.func.attr in CHANGES:
                raise GivenUp
        made = self._made(call, certain)
        if made is not None:
            return made
        place = self._function(call.func, certain)
        if place is not None:
            return self._program.call(*place, call, self, certain)
        _let_go([self.value(one, certain) for one in (*call.args, *(word.value for word in call.keywords))])
        return None

    def _function(self, func: ast.expr, certain: bool) -> tuple[Module, ast.FunctionDef] | None:
        """The user's own function that is called."""
        if isinstance(func, ast.Name):
            if func.id in self._scope and self._scope is not self._outer:
                return None
            if func.id in self._module.functions:
                return self._module, self._module.functions[func.id]
            what = self._module.imports.get(func.id)
        elif isinstance(func, ast.Attribute) and isinstance(owner := self.value(func.value, certain), Whole):
            function = owner.module.functions.get(func.attr)
            return (owner.module, function) if function is not None else None
        else:
            return None
        place = self._program._modules.imported(self._module, what) if what is not None else None
        if place is None or place[1] not in place[0].functions:
            return None
        return place[0], place[0].functions[place[1]]

    def _made(self, call: ast.Call, certain: bool) -> Parser | None:
        full = self._module.meant(call.func)
        if full not in parsers.MADE and full not in parsers.OF_CLASSES:
            return None
        parser = Parser(certain, of_classes=full in parsers.OF_CLASSES)
        parsers.set_up(parser, call, self._module)
        for word in call.keywords:
            if word.arg == "parents":
                self._inherit(parser, self.value(as_tuple(word.value), certain))
        if parser.of_classes:
            given = next((word.value for word in call.keywords if word.arg == "dataclass_types"), None)
            self._fields(parser, call.args[0] if call.args else given)
        elif call.args:
            parser.escapes()
        return parser

    def _inherit(self, parser: Parser, parents: Any) -> None:
        for parent in parents if isinstance(parents, tuple) else (None,):
            if isinstance(parent, Parser) and not parent.exclusive:
                parser.options += parent.options
                parser.complete = parser.complete and parent.complete
            else:
                parser.escapes()

    def _fields(self, parser: Parser, given: ast.expr | None) -> None:
        if isinstance(given, ast.Name) and given.id in self._module.constants:
            given = self._module.constants[given.id]
        if given is None:
            return
        for one in given.elts if isinstance(given, ast.Tuple | ast.List) else [given]:
            fields = fields_of(one, self._module, self._program._modules, self._program._libraries)
            for options in fields.options.values():
                parser.options += [replace(option, certain=parser.certain) for option in options]
            parser.libraries += fields.libraries
            parser.complete = parser.complete and fields.complete

    def _method(self, owner: Parser | Group | Commands, name: str, call: ast.Call, certain: bool) -> Any:
        parser = owner if isinstance(owner, Parser) else owner.parser
        if isinstance(owner, Commands):
            if name != "add_parser":
                return None
            return Parser(False, above=parser)
        if name == "add_argument":
            parsers.add_argument(owner, call, self._module, certain)
            return None
        if name in ("add_argument_group", "add_mutually_exclusive_group"):
            exclusive = name != "add_argument_group"
            return parsers.add_group(parser, call, self._module, certain, exclusive)
        if name == "add_subparsers":
            parser.escapes()
            return Commands(parser)
        if name == "set_defaults":
            parsers.set_defaults(parser, call)
            return None
        if name in parsers.PARSES:
            return self._parse(parser, name, call, certain)
        if name not in parsers.HARMLESS:
            parser.escapes()
        return None

    def _parse(self, parser: Parser, name: str, call: ast.Call, certain: bool) -> Any:
        given = next((word.value for word in call.keywords if word.arg == "args"), None)
        first = call.args[0] if call.args else given
        words = self.value(first, certain) if first is not None else WORDS
        # None stands for the program's own words.
        if words is WORDS or words == ():
            self._program.found.append(parsers.line_of(parser, call, name, self._module, certain))
        return None


def _let_go(values: Iterable[Any]) -> None:
    """These are in the hands of somebody who is not followed."""
    for one in values:
        if isinstance(one, Parser):
            one.escapes()
        elif isinstance(one, Group | Commands):
            one.parser.escapes()
        elif isinstance(one, tuple):
            _let_go(one)


def _plain(module: Module, function: ast.FunctionDef) -> bool:
    """Whether calling it runs its lines."""
    names = [one.func if isinstance(one, ast.Call) else one for one in function.decorator_list]
    return all(module.meant(one) in HARMLESS_DECORATORS for one in names)


def read_places(modules: Modules, script: Module, libraries: Iterable[str]) -> list[CommandLine]:
    """Where the program of `script` reads its command line; none when that cannot be followed."""
    program = Followed(modules, libraries)
    try:
        program.module(script, main=True)
    except (GivenUp, RecursionError):
        return []
    return program.found
