"""Reads a dataclass out of Python source with `ast`: fields, types, defaults, choices and help."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from tunesmith.core.python_source import parse_expression
from tunesmith.facts.library import LibraryField
from tunesmith.facts.source import Source, enum_members, find_class, last_name, string, string_list

KINDS = {"str": "str", "int": "int", "float": "float", "bool": "bool", "None": "none"}
CONTAINERS = {"list": "list", "List": "list", "tuple": "list", "dict": "dict", "Dict": "dict"}
DECLARED = ("field", "Field")
"""What a dataclass and a pydantic model declare a field with."""
# `    learning_rate (`float`, *optional*, defaults to 5e-5):` in a class docstring.
PARAMETER = re.compile(r"(?P<indent>\s*)(?P<name>[A-Za-z_]\w*)\s*\((?P<about>.*)\)\s*:\s*$")


def read_class(source: Source, name: str) -> dict[str, LibraryField]:
    """The fields of the dataclass `name`, those of its bases first; {} when it is not there."""
    place = find_class(source, name)
    if place is None:
        return {}
    source, found = place
    fields: dict[str, LibraryField] = {}
    for base in found.bases:
        if isinstance(base, ast.Name):
            fields |= read_class(source, base.id)
    return fields | own_fields(source, found)


def own_fields(source: Source, found: ast.ClassDef) -> dict[str, LibraryField]:
    """The fields that a class adds to those of its bases."""
    fields: dict[str, LibraryField] = {}
    helps = docstring_help(ast.get_docstring(found) or "")
    strict = _converted(found)
    for statement in found.body:
        if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
            one = _field(source, statement.target.id, statement.annotation, statement.value)
            if one is not None:
                is_strict = bool(one.choices) and one.name in strict
                fields[one.name] = replace(one, help=helps.get(one.name) or one.help, strict=is_strict)
    return fields


def docstring_help(docstring: str) -> Mapping[str, str]:
    """The paragraphs under `name (type, …):` of a Google-style class docstring, by name."""
    helps: dict[str, str] = {}
    name: str | None = None
    indent = 0
    body: list[str] = []
    for line in [*docstring.splitlines(), "end:"]:
        match = PARAMETER.match(line)
        depth = len(line) - len(line.lstrip())
        if match or (line.strip() and depth <= indent):
            if name:
                helps[name] = inspect.cleandoc("\n".join(["", *body])).strip()
            name, body = (match["name"], []) if match else (None, [])
            indent = len(match["indent"]) if match else indent
        elif name:
            body.append(line)
    return helps


def argument_help(source: Source) -> Mapping[str, tuple[str, tuple[str, ...]]]:
    """Help and choices of every `add_argument("--name", …)` in a module, by name with underscores."""
    return {
        name: (string(keywords.get("help")), string_list(keywords.get("choices")))
        for name, keywords in _arguments(source)
    }


def options(source: Source, prefix: str) -> dict[str, LibraryField]:
    """The arguments of a module that begin with `prefix`. What a config file may write there is not said: a
    text on the command line may be a flag or a number in it."""
    return {
        name: LibraryField(
            name,
            type="value",
            default=_default(source, keywords.get("default")),
            choices=string_list(keywords.get("choices")),
            help=string(keywords.get("help")),
        )
        for name, keywords in _arguments(source)
        if name.startswith(prefix)
    }


def _arguments(source: Source) -> Iterator[tuple[str, Mapping[str, ast.expr]]]:
    """The name of every `add_argument("--name", …)` with underscores, and what is said of it."""
    for node in ast.walk(source.tree):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
            continue
        if node.func.attr != "add_argument":
            continue
        keywords = {keyword.arg: keyword.value for keyword in node.keywords if keyword.arg}
        for argument in node.args:
            flag = string(argument)
            if flag.startswith("--"):
                yield flag[2:].replace("-", "_"), keywords


def _field(source: Source, name: str, annotation: ast.expr, value: ast.expr | None) -> LibraryField | None:
    if isinstance(annotation, ast.Subscript) and last_name(annotation.value) == "ClassVar":
        return None
    default: ast.expr | None = value
    help_text = ""
    if isinstance(value, ast.Call) and last_name(value.func) in DECLARED:
        keywords = {keyword.arg: keyword.value for keyword in value.keywords if keyword.arg}
        init = keywords.get("init")
        if isinstance(init, ast.Constant) and init.value is False:
            return None
        given = next(iter(value.args), None)  # pydantic's, whose `...` says that it is required
        given = None if isinstance(given, ast.Constant) and given.value is ... else given
        default = keywords.get("default") or keywords.get("default_factory") or given
        help_text = _help(keywords)
    kinds, enums = _kinds(annotation)
    choices = _literal_words(annotation)
    for enum in enums:
        members = tuple(enum_members(source, enum).values())
        choices += members
        # A class that is no enum of words: what it may be written as is not known.
        kinds = kinds if members else set[str]()
    return LibraryField(
        name=name,
        type=ast.unparse(annotation),
        kinds=frozenset(kinds),
        default=_default(source, default),
        required=default is None,
        choices=tuple(dict.fromkeys(choices)),
        help=help_text,
    )


def _kinds(annotation: ast.expr) -> tuple[set[str], list[str]]:
    """The plain types of an annotation, none if one of them is unknown; and the names that may be enums."""
    kinds: set[str] = set()
    enums: list[str] = []
    known = True
    for member in _members(annotation):
        if isinstance(member, ast.Constant) and member.value is None:
            kinds.add("none")
            continue
        container = member.value if isinstance(member, ast.Subscript) else member
        name = last_name(container)
        if name in CONTAINERS:
            kinds.add(CONTAINERS[name])
        elif name == "Literal" and isinstance(member, ast.Subscript):
            kinds.add("str")
            known = known and bool(_words(member))
        elif name in KINDS:
            kinds.add(KINDS[name])
        elif name and name[0].isupper() and name not in ("Any", "Literal", "Callable"):
            enums.append(name)
            kinds.add("str")
        else:
            known = False
    return (kinds if known else set()), enums


def _literal_words(annotation: ast.expr) -> tuple[str, ...]:
    """The words of `Literal["a", "b"]` members; none where one of them holds something else."""
    return tuple(
        word
        for member in _members(annotation)
        if isinstance(member, ast.Subscript) and last_name(member.value) == "Literal"
        for word in _words(member)
    )


def _words(literal: ast.Subscript) -> tuple[str, ...]:
    inner = literal.slice.elts if isinstance(literal.slice, ast.Tuple) else [literal.slice]
    words = tuple(string(one) for one in inner)
    return words if all(words) else ()


def _members(annotation: ast.expr) -> Iterator[ast.expr]:
    """The members of `A | B`, `Optional[A]` and `Union[A, B]`; quoted annotations are read."""
    if isinstance(annotation, ast.Constant) and isinstance(annotation.value, str):
        try:
            annotation = parse_expression(annotation.value)
        except SyntaxError:
            yield annotation
            return
    if isinstance(annotation, ast.BinOp) and isinstance(annotation.op, ast.BitOr):
        yield from _members(annotation.left)
        yield from _members(annotation.right)
    elif isinstance(annotation, ast.Subscript) and last_name(annotation.value) == "Optional":
        yield ast.Constant(None)
        yield from _members(annotation.slice)
    elif isinstance(annotation, ast.Subscript) and last_name(annotation.value) == "Union":
        inner = annotation.slice.elts if isinstance(annotation.slice, ast.Tuple) else [annotation.slice]
        for member in inner:
            yield from _members(member)
    else:
        yield annotation


def _default(source: Source, value: ast.expr | None) -> str | None:
    """The default as YAML would have it, or None when it is computed."""
    if isinstance(value, ast.Constant):
        if value.value is None:
            return "null"
        if isinstance(value.value, bool):
            return "true" if value.value else "false"
        return str(value.value)
    if (
        isinstance(value, ast.UnaryOp)
        and isinstance(value.op, ast.USub)
        and isinstance(value.operand, ast.Constant)
    ):
        return f"-{value.operand.value}"
    if isinstance(value, ast.Attribute) and isinstance(value.value, ast.Name):
        members = enum_members(source, value.value.id)
        return members.get(value.attr)
    return None


def _converted(cls: ast.ClassDef) -> set[str]:
    """The fields that `__post_init__` passes through an enum, which raises for a wrong word."""
    names: set[str] = set()
    for method in cls.body:
        if not (isinstance(method, ast.FunctionDef) and method.name == "__post_init__"):
            continue
        for node in ast.walk(method):
            if (
                isinstance(node, ast.Assign)
                and isinstance(node.targets[0], ast.Attribute)
                and isinstance(node.value, ast.Call)
                and last_name(node.value.func)[:1].isupper()
                and len(node.value.args) == 1
                and ast.unparse(node.value.args[0]) == ast.unparse(node.targets[0])
            ):
                names.add(node.targets[0].attr)
    return names


def _help(keywords: Mapping[str, ast.expr]) -> str:
    for name, word in (("metadata", "help"), ("json_schema_extra", "description")):
        about = keywords.get(name)
        for key, value in zip(about.keys, about.values, strict=True) if isinstance(about, ast.Dict) else ():
            if string(key) == word:
                return inspect.cleandoc(string(value)).strip()
    return inspect.cleandoc(string(keywords.get("description"))).strip()
