"""What expressions of a followed program stand for, as far as parsers and command lines go."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import Any, Protocol, cast

from tunesmith.facts import parsers
from tunesmith.facts.conditions import CHANGES, as_tuple, is_words
from tunesmith.facts.dataclass_options import fields_of, of_tyro
from tunesmith.facts.local_modules import Module, Modules
from tunesmith.facts.parsers import Commands, Group, Parser, lend, let_go
from tunesmith.facts.program_arguments import CommandLine


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
"""None is a value that is not known, () Python's None."""


class Program(Protocol):
    """What is followed."""

    found: list[CommandLine]
    files: list[CommandLine]
    modules: Modules
    libraries: tuple[str, ...]

    def module(self, module: Module) -> Scope: ...

    def step(self) -> None: ...

    def call(
        self, module: Module, function: ast.FunctionDef, call: ast.Call, given: Expressions, certain: bool
    ) -> Any: ...


class Expressions:
    """Those of one function or module."""

    def __init__(self, program: Program, module: Module, scope: Scope, outer: Scope) -> None:
        self._program = program
        self._module = module
        self._scope = scope
        self._outer = outer

    def assign(self, targets: list[ast.expr], node: ast.expr, certain: bool) -> None:
        """`targets = node`"""
        found = self.value(node, certain)
        for target in targets:
            if isinstance(target, ast.Name):
                self._scope[target.id] = found
            elif isinstance(target, ast.Tuple):
                parts = cast("tuple[Any, ...]", found) if isinstance(found, tuple) else ()
                for index, one in enumerate(target.elts):
                    if isinstance(one, ast.Name):
                        self._scope[one.id] = parts[index] if len(parts) == len(target.elts) else None
            elif isinstance(target, ast.Attribute):
                owner = self.value(target.value, certain)
                if isinstance(owner, Parser) and target.attr not in parsers.ASSIGNED:
                    owner.escapes()
                let_go([found])
            else:
                let_go([found])

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
            if isinstance(owner, Parser | Group | Commands):
                # What is done with its parts is not followed.
                lend(owner)
            return None
        if isinstance(node, ast.NamedExpr):
            self.assign([node.target], node.value, certain)
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
            let_go(values)
        return None

    def _call(self, call: ast.Call, certain: bool) -> Any:
        if isinstance(call.func, ast.Attribute):
            owner = self.value(call.func.value, certain)
            if isinstance(owner, Parser | Group | Commands):
                return self._asked(owner, call.func.attr, call, certain)
            if owner is WORDS and call.func.attr in CHANGES:
                raise GivenUp
        made = self._made(call, certain)
        if made is not None:
            return made
        if self._module.meant(call.func) == "tyro.cli" and call.args:
            self._tyro(call, certain)
            return None
        place = self._function(call.func, certain)
        if place is not None:
            return self._program.call(*place, call, self, certain)
        let_go([self.value(one, certain) for one in (*call.args, *(word.value for word in call.keywords))])
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
        place = self._program.modules.imported(self._module, what) if what is not None else None
        if place is None or place[1] not in place[0].functions:
            return None
        return place[0], place[0].functions[place[1]]

    def _made(self, call: ast.Call, certain: bool) -> Parser | None:
        full = self._module.meant(call.func)
        if full not in parsers.MADE and full not in parsers.OF_CLASSES:
            return None
        parser = Parser(certain, of_classes=full in parsers.OF_CLASSES)
        parsers.set_up(parser, call, self._module)
        words = {word.arg: word.value for word in call.keywords}
        if "parents" in words:
            parsers.inherit(parser, self.value(as_tuple(words["parents"]), certain))
        if parser.of_classes:
            self._fields(parser, call.args[0] if call.args else words.get("dataclass_types"))
        elif call.args:
            parser.escapes()
        return parser

    def _fields(self, parser: Parser, given: ast.expr | None) -> None:
        if isinstance(given, ast.Name) and given.id in self._module.constants:
            given = self._module.constants[given.id]
        if given is None:
            return
        for one in given.elts if isinstance(given, ast.Tuple | ast.List) else [given]:
            fields = fields_of(one, self._module, self._program.modules, self._program.libraries)
            for options in fields.options.values():
                parser.options += parsers.as_certain(options, parser.certain)
            parser.libraries += fields.libraries
            parser.complete = parser.complete and fields.complete

    def _tyro(self, call: ast.Call, certain: bool) -> None:
        """`tyro.cli(Arguments)` reads the command line at once."""
        words = {word.arg: word.value for word in call.keywords}
        if "args" in words and self.value(words["args"], certain) is not WORDS:
            return
        fields = fields_of(call.args[0], self._module, self._program.modules, ())
        known = all(one.kinds for one in fields.declared.values()) and set(words) <= {"args", "description"}
        if fields.declared:
            parser = Parser(certain, complete=fields.complete and known and len(call.args) == 1)
            parser.options += parsers.as_certain(of_tyro(fields), certain and known)
            line = parsers.line_of(parser, call, "parse_args", self._module, certain and known)
            self._program.found.append(line)

    def _asked(self, owner: Parser | Group | Commands, name: str, call: ast.Call, certain: bool) -> Any:
        """A method of a parser is called."""
        parser = owner if isinstance(owner, Parser) else owner.parser
        if name in parsers.FROM_FILES or name == "parse_args_and_config":
            self._program.files.append(parsers.file_of(parser, call, name, self._module))
        if name not in parsers.PARSES:
            return parsers.told(owner, name, call, self._module, certain)
        given = next((word.value for word in call.keywords if word.arg == "args"), None)
        first = call.args[0] if call.args else given
        words = self.value(first, certain) if first is not None else WORDS
        # None stands for the program's own words.
        if words is WORDS or words == ():
            self._program.found.append(parsers.line_of(parser, call, name, self._module, certain))
        return None
