"""The fields of dataclasses as the arguments that HfArgumentParser makes of them."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any

from tunesmith.facts.class_source import own_fields
from tunesmith.facts.library import LibraryField
from tunesmith.facts.literals import Unknown, text, value
from tunesmith.facts.local_modules import Module, Modules
from tunesmith.facts.program_arguments import CONVERTS, Convert, Defined, Option
from tunesmith.facts.source import Source, last_name

DEEPEST = 6
LIBRARIES = ("transformers", "trl")
WRAPPED = ("list", "List", "Sequence")


@dataclass
class Fields:
    """`libraries`: the classes of libraries that these extend or are. `complete`: all fields are known."""

    options: dict[str, list[Option]] = field(default_factory=dict[str, list[Option]])
    declared: dict[str, LibraryField] = field(default_factory=dict[str, LibraryField])
    libraries: list[str] = field(default_factory=list[str])
    complete: bool = True


def fields_of(name: ast.expr, home: Module, modules: Modules, known: Iterable[str]) -> Fields:
    """The fields of the class that an expression names, those of its bases first."""
    return _fields_of(name, home, modules, known, DEEPEST, {})


def _fields_of(
    name: ast.expr,
    home: Module,
    modules: Modules,
    known: Iterable[str],
    depth: int,
    read: dict[ast.ClassDef, Fields],
) -> Fields:
    """`read`: what was found already. A class may stand among the bases of many, and even of itself."""
    place = _class(name, home, modules)
    if place is None or not depth:
        return _of_library(name, home, known)
    where, found = place
    if found in read:
        return read[found]
    all_fields = read[found] = Fields()
    for base in found.bases:
        if last_name(base) in ("object", "ABC"):
            continue
        more = _fields_of(base, where, modules, known, depth - 1, read)
        all_fields.options |= more.options
        all_fields.declared |= more.declared
        all_fields.libraries += [one for one in more.libraries if one not in all_fields.libraries]
        all_fields.complete = all_fields.complete and more.complete
    if not any("dataclass" in ast.unparse(one) for one in found.decorator_list):
        all_fields.complete = False
    lines = {
        statement.target.id: statement
        for statement in found.body
        if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name)
    }
    source = Source(modules.root, where.path, where.tree)
    said = _said(found)
    for one in own_fields(source, found).values():
        one = replace(one, help=one.help or said.get(one.name, ""))
        all_fields.declared[one.name] = one
        all_fields.options[one.name] = _options(one, lines[one.name], where, modules)
    return all_fields


def of_tyro(fields: Fields) -> list[Option]:
    """The same fields as tyro has them: flags are `--name` and `--no-name`, and either dash will do."""
    found: list[Option] = []
    for name, one in fields.declared.items():
        base = replace(fields.options[name][0], flags=(f"--{name.replace('_', '-')}",))
        base = base if "_" not in name else replace(base, flags=(*base.flags, f"--{name}"))
        if set(one.kinds) == {"bool"} and one.default in ("true", "false"):
            on = replace(base, action="store_true", convert="text", nargs=None, type="true or false")
            off = tuple(f"--no{dash}{flag[2:]}" for flag in on.flags for dash in "-_")
            found += [on, replace(on, flags=off, action="store_false")]
        elif set(one.kinds) == {"bool"} or "none" in one.kinds or "list" in one.kinds:
            found.append(_unsure(base, one))
        else:
            found.append(base)
    return found


def library_options(fields: Mapping[str, LibraryField], source: str) -> list[Option]:
    """The same of a class of a library."""
    found: list[Option] = []
    for one in fields.values():
        element = _element(one.type)
        found += _made(one, Option(one.name, _flags(one.name), source=source), element, one.strict)
    # Some of these say in their metadata that they may stand alone, which is not recorded.
    return [replace(one, nargs="?") if one.convert == "flag" else one for one in found]


def _said(found: ast.ClassDef) -> Mapping[str, str]:
    """The texts under the fields of a class."""
    return {
        above.target.id: " ".join(str(below.value.value).split())
        for above, below in pairwise(found.body)
        if isinstance(above, ast.AnnAssign)
        and isinstance(above.target, ast.Name)
        and isinstance(below, ast.Expr)
        and isinstance(below.value, ast.Constant)
        and isinstance(below.value.value, str)
    }


def _class(name: ast.expr, home: Module, modules: Modules) -> tuple[Module, ast.ClassDef] | None:
    """The user's own class, in this module or in one that it imports."""
    if isinstance(name, ast.Name) and name.id in home.classes:
        return home, home.classes[name.id]
    first = name.value if isinstance(name, ast.Attribute) else name
    what = home.imports.get(first.id) if isinstance(first, ast.Name) else None
    place = modules.imported(home, what) if what is not None else None
    if place is None:
        return None
    where, inside = place
    wanted = last_name(name) if isinstance(name, ast.Attribute) or not inside else inside
    if wanted in where.classes:
        return where, where.classes[wanted]
    again = where.imports.get(wanted)
    return _class(ast.Name(wanted, ast.Load()), where, modules) if again and where is not home else None


def _of_library(name: ast.expr, home: Module, known: Iterable[str]) -> Fields:
    full = home.meant(name)
    package, _, _ = full.partition(".")
    library = f"{package}:{full.rpartition('.')[2]}"
    return (
        Fields(libraries=[library]) if package in LIBRARIES and library in known else Fields(complete=False)
    )


def _flags(name: str) -> tuple[str, ...]:
    return (f"--{name}",) if "_" not in name else (f"--{name}", f"--{name.replace('_', '-')}")


def _options(one: LibraryField, statement: ast.AnnAssign, home: Module, modules: Modules) -> list[Option]:
    last = (statement.end_lineno or statement.lineno) - 1
    base = Option(one.name, _flags(one.name), defined=Defined(home.path, statement.lineno - 1, last))
    words = (
        {word.arg: word.value for word in statement.value.keywords}
        if isinstance(statement.value, ast.Call) and last_name(statement.value.func) in ("field", "HfArg")
        else {}
    )
    metadata = words.get("metadata")
    if metadata is not None:
        try:
            base = replace(base, flags=(*base.flags, *_aliases(metadata, home)))
        except (Unknown, TypeError):
            return [_unsure(base, one)]
    if isinstance(statement.value, ast.Call) and (statement.value.args or None in words):
        return [_unsure(base, one)]
    return _made(
        one, base, _element(ast.unparse(statement.annotation)), _all_words(one, statement, home, modules)
    )


def _aliases(metadata: ast.expr, home: Module) -> list[str]:
    """Further names of an argument. All of the metadata is handed to argparse: Unknown, if it says more."""
    if not isinstance(metadata, ast.Dict):
        raise Unknown
    told = {text(key, home): entry for key, entry in zip(metadata.keys, metadata.values, strict=True) if key}
    if None in metadata.keys or not set(told) <= {"help", "aliases"}:
        raise Unknown
    found: Any = value(told["aliases"], home) if "aliases" in told else []
    return [found] if isinstance(found, str) else found


def _made(one: LibraryField, base: Option, element: Convert | None, exact: bool) -> list[Option]:
    """As `HfArgumentParser._parse_dataclass_field` does it. `exact`: the choices are all there are."""
    kinds = set(one.kinds) - {"none"}
    base = replace(base, type=one.type, default=one.default, required=one.required, help=one.help)
    if one.choices:
        convert: Convert = "text" if exact and kinds == {"str"} else "unknown"
        choices = one.choices if convert == "text" else None
        return [replace(base, convert=convert, choices=choices)]
    if kinds == {"bool"}:
        return _flag(base, "none" in one.kinds)
    if kinds == {"list"}:
        return [replace(base, nargs="+", convert=element or "unknown")]
    if len(kinds) == 1 and next(iter(kinds)) in CONVERTS:
        return [replace(base, convert="int" if kinds == {"int"} else "float")]
    if kinds == {"str"}:
        return [base]
    return [_unsure(base, one)]


def _flag(base: Option, optional: bool) -> list[Option]:
    bare = optional and base.default in (None, "null")
    if bare:
        return [replace(base, convert="flag", required=False)]
    on = replace(base, convert="flag", nargs="?", default=base.default or "false", required=False)
    if on.default != "true":
        return [on]
    off = (f"--no_{base.name}", f"--no-{base.name.replace('_', '-')}")
    return [on, replace(base, flags=off, action="store_false", required=False)]


def _unsure(base: Option, one: LibraryField) -> Option:
    return replace(
        base, type=one.type, convert="unknown", nargs="*", default=one.default, help=one.help, required=False
    )


def _element(annotation: str) -> Convert | None:
    """What a list of `list[int]` holds."""
    for name in WRAPPED:
        for kind in ("int", "float", "str"):
            if f"{name}[{kind}]" in annotation:
                return "text" if kind == "str" else "int" if kind == "int" else "float"
    return None


def _all_words(one: LibraryField, statement: ast.AnnAssign, home: Module, modules: Modules) -> bool:
    """Whether the choices are those of a `Literal`, or of an enum that has no others."""
    names = [node for node in ast.walk(statement.annotation) if isinstance(node, ast.Name)]
    if not one.choices or any(name.id == "str" for name in names):
        return False
    if "Literal" in ast.unparse(statement.annotation):
        return True
    enums = [place for name in names if (place := _class(name, home, modules)) is not None]
    if len(enums) != 1:
        return False
    members = [line for line in enums[0][1].body if isinstance(line, ast.Assign)]
    return len(members) == len(one.choices)
