"""The arguments that a script of the user's takes, read from its source with `ast`; it is never run.

Understood are HfArgumentParser and its descendants with dataclasses, of the script itself, of modules beside
it and of the libraries; and argparse with literal option names.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tunesmith.core.python_source import parse_module
from tunesmith.facts.bounded import read_bounded
from tunesmith.facts.class_source import own_fields
from tunesmith.facts.library import LibraryField
from tunesmith.facts.script_file import LARGEST
from tunesmith.facts.source import Source, find_class, last_name, string, string_list

PARSERS = frozenset(("HfArgumentParser", "TrlParser", "H4ArgumentParser", "SimpleParser", "ArgumentParser"))
LIBRARY_CLASSES: Mapping[str, str] = {
    "TrainingArguments": "transformers:TrainingArguments",
    "Seq2SeqTrainingArguments": "transformers:Seq2SeqTrainingArguments",
    "SFTConfig": "trl:SFTConfig",
    "DPOConfig": "trl:DPOConfig",
    "GRPOConfig": "trl:GRPOConfig",
    "RewardConfig": "trl:RewardConfig",
    "KTOConfig": "trl:KTOConfig",
    "ORPOConfig": "trl:ORPOConfig",
    "ModelConfig": "trl:ModelConfig",
    "ScriptArguments": "trl:ScriptArguments",
    "SFTScriptArguments": "trl:SFTScriptArguments",
    "DPOScriptArguments": "trl:DPOScriptArguments",
    "RewardScriptArguments": "trl:RewardScriptArguments",
}
NUMBERS = {"int": "int", "float": "float", "str": "str", "bool": "bool"}
MOST_CLASSES = 100
"""That are looked into for the fields of one script: classes may extend each other in a circle."""

Class = tuple[dict[str, LibraryField], list[str], bool]


@dataclass(frozen=True)
class ScriptArguments:
    """`own`: what the script itself declares. `libraries`: the classes that it takes beside it, as in a
    section's marker. `complete`: nothing that it takes is unknown here, so that another key is surely wrong.
    """

    own: Mapping[str, LibraryField] = field(default_factory=dict[str, LibraryField])
    libraries: tuple[str, ...] = ()
    complete: bool = False


def read_script_arguments(path: Path, folder: Path) -> ScriptArguments | None:
    """None when the script cannot be read, or takes its arguments in a way that is not understood."""
    try:
        return of_source(Source(folder, path, parse_module(read_bounded(path, LARGEST))))
    except (OSError, SyntaxError, ValueError, RecursionError):
        return None


def of_source(source: Source) -> ScriptArguments | None:
    """The same of a script that is parsed already."""
    classes = list(dict.fromkeys(_parsed_classes(source.tree)))
    if classes:
        return _of_classes(source, classes)
    options = dict(_options(source.tree))
    return ScriptArguments(options, (), _takes_only_these(source.tree)) if options else None


def _parsed_classes(tree: ast.Module) -> Iterator[str]:
    """The classes in `HfArgumentParser((A, B))`; also where the tuple has a name."""
    named = {
        target.id: statement.value
        for statement in ast.walk(tree)
        if isinstance(statement, ast.Assign)
        for target in statement.targets
        if isinstance(target, ast.Name)
    }
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Call) and last_name(node.func) in PARSERS - {"ArgumentParser"}):
            continue
        given = next((word.value for word in node.keywords if word.arg == "dataclass_types"), None)
        first = node.args[0] if node.args else given
        if isinstance(first, ast.Name) and isinstance(named.get(first.id), ast.Tuple | ast.List):
            first = named[first.id]
        members = first.elts if isinstance(first, ast.Tuple | ast.List) else [first] if first else []
        yield from (name for one in members if (name := last_name(one)))


def _of_classes(source: Source, classes: list[str]) -> ScriptArguments:
    own: dict[str, LibraryField] = {}
    libraries: list[str] = []
    complete = True
    done: dict[tuple[Path, str], Class] = {}
    for name in classes:
        fields, bases, known = _class(source, name, done)
        own |= fields
        libraries += bases
        complete = complete and known
    return ScriptArguments(own, tuple(dict.fromkeys(libraries)), complete)


def _class(source: Source, name: str, done: dict[tuple[Path, str], Class]) -> Class:
    """Fields of a class and its bases, the library classes among these, and whether all are known. `done`:
    what was looked into before."""
    place = find_class(source, name) if len(done) < MOST_CLASSES else None
    if place is None:
        library = LIBRARY_CLASSES.get(_original(source.tree, name))
        return {}, [library] if library else [], library is not None
    home, found = place
    if (home.path, name) in done:
        return done[home.path, name]
    done[home.path, name] = {}, [], False
    fields: dict[str, LibraryField] = {}
    libraries: list[str] = []
    known = True
    for base in found.bases:
        base_name = last_name(base)
        if isinstance(base, ast.Attribute) or base_name == name:
            # `class TrainingArguments(transformers.TrainingArguments)`
            library = LIBRARY_CLASSES.get(base_name)
            libraries += [library] if library else []
            known = known and library is not None
        elif base_name != "object":
            more, further, all_known = _class(home, base_name, done)
            fields |= more
            libraries += further
            known = known and all_known
    done[home.path, name] = fields | own_fields(home, found), libraries, known
    return done[home.path, name]


def _original(tree: ast.Module, name: str) -> str:
    """What a name is called where it is imported from."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            for alias in node.names:
                if (alias.asname or alias.name) == name:
                    return alias.name
    return name


def _options(tree: ast.Module) -> Iterator[tuple[str, LibraryField]]:
    """Every `add_argument("--name", …)`, by the name that the value gets."""
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Call) and last_name(node.func) == "add_argument"):
            continue
        words = {keyword.arg: keyword.value for keyword in node.keywords if keyword.arg}
        flags = [text for one in node.args if (text := string(one)).startswith("--")]
        if not flags:
            continue
        name = string(words.get("dest")) or flags[0][2:].replace("-", "_")
        yield name, _option(name, words)


def _option(name: str, words: Mapping[str, ast.expr]) -> LibraryField:
    type_ = last_name(words["type"]) if "type" in words else "str"
    if string(words.get("action")) in ("store_true", "store_false"):
        type_ = "bool"
    several = "nargs" in words
    kinds = {NUMBERS[type_]} if type_ in NUMBERS else set[str]()
    default, required = words.get("default"), words.get("required")
    is_plain = isinstance(default, ast.Constant) and default.value is not None
    return LibraryField(
        name,
        f"list of {type_}" if several else type_,
        frozenset(kinds | {"list"} if several and kinds else kinds),
        str(default.value) if is_plain and isinstance(default, ast.Constant) else None,
        isinstance(required, ast.Constant) and required.value is True,
        string_list(words.get("choices")),
        "choices" in words,
        string(words.get("help")),
    )


def _takes_only_these(tree: ast.Module) -> bool:
    """Whether the options that were found are all there are: no library adds some, no leftovers go on."""
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    names = {last_name(call.func) for call in calls}
    adders = {name for name in names if name.startswith("add_") and name not in HARMLESS}
    return "parse_known_args" not in names and not adders


HARMLESS = frozenset(
    (
        "add_argument",
        "add_argument_group",
        "add_mutually_exclusive_group",
        "add_special_tokens",
        "add_scalar",
        "add_tokens",
    )
)
