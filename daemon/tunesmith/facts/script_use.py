"""What a training script of the user's does with its arguments, as far as its source says so plainly.

Read with `ast`; nothing is run. Where the source is not plain, the answer is None: not known.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tunesmith.core.python_source import literal, parse_module
from tunesmith.facts.bounded import read_bounded
from tunesmith.facts.script_calls import given_to, keywords, said
from tunesmith.facts.script_file import LARGEST
from tunesmith.facts.script_rows import columns_made, columns_read, encodings, metrics_of, taken_as_loaded
from tunesmith.facts.source import last_name

TRAINERS = (
    "Trainer",
    "Seq2SeqTrainer",
    "SFTTrainer",
    "DPOTrainer",
    "GRPOTrainer",
    "RewardTrainer",
    "KTOTrainer",
)
OPTIONAL = "optional"


@dataclass(frozen=True)
class ScriptUse:
    """`trainer`: the library's class that the one trainer of the script is or extends, `given` its keyword
    arguments as source text; `overrides`: methods that a trainer of the script's own brings. `loads`: the
    `from_pretrained` calls by class, with their keyword arguments. `calls`: the last names of everything that
    is called. `assigned`: the attributes that are set, like `tokenizer.pad_token`."""

    trainer: str | None = None
    given: Mapping[str, str] = field(default_factory=dict[str, str])
    overrides: frozenset[str] = frozenset()
    loads: Mapping[str, Mapping[str, str]] = field(default_factory=dict[str, Mapping[str, str]])
    calls: frozenset[str] = frozenset()
    evaluates: bool = False
    """Whether `trainer.evaluate()` is called, which evaluates on the data that the trainer was made with."""
    outright: frozenset[str] = frozenset()
    """Those of them that are called whatever is asked: under no `if`."""
    before_trainer: frozenset[str] = frozenset()
    """Those of them that stand above the one trainer."""
    texts: frozenset[str] = frozenset()
    """The short texts in it."""
    borrowed: frozenset[str] = frozenset()
    """What is imported from peft where the script puts a folder of its own on Python's path."""
    assigned: frozenset[str] = frozenset()
    lora: Mapping[str, str] | None = None
    quantization: Mapping[str, str] | None = None
    """The keyword arguments of `LoraConfig(…)` and of `BitsAndBytesConfig(…)`."""
    collated: frozenset[str] = frozenset()
    """The columns that a collator of the script's own reads by name."""
    hides_inputs: bool = False
    """Whether the model is wrapped in a class of the script's own, and its `forward` names no input."""
    streams: str | None = None
    """The source text of `load_dataset(…, streaming=…)`."""
    made: Mapping[str, Mapping[str, str]] = field(default_factory=dict[str, Mapping[str, str]])
    """The keyword arguments of the last call of each class."""
    encodings: tuple[Mapping[str, str], ...] = ()
    """The keyword arguments of the calls of a tokenizer."""
    columns_read: frozenset[str] = frozenset()
    """Source texts of the columns that its functions take of rows; `columns_made`: names it may give some."""
    loaded: tuple[Mapping[str, str], ...] = ()
    """The keyword arguments of the calls of `load_dataset`."""
    as_loaded: bool = False
    """Whether the trainer is given its data as `load_dataset` returned it."""
    metrics: frozenset[str] | None = None
    """The keys that its `compute_metrics` returns; None when there is none, or they are not plain."""
    names: frozenset[str] = frozenset()
    """All names and attributes in it."""
    columns_made: frozenset[str] = frozenset()

    @property
    def model_name(self) -> str | None:
        """The model that is loaded, where it is written in the script itself."""
        loaded = self.loads.get(self.model_class or "", {})
        text = loaded.get("0", loaded.get("pretrained_model_name_or_path", ""))
        try:
            name = literal(text)
        except ValueError:
            return None
        return name if isinstance(name, str) else None

    @property
    def model_class(self) -> str | None:
        """The one `AutoModelFor…` or `…For…` class that is loaded."""
        found = [name for name in self.loads if "For" in name and not name.startswith("AutoTokenizer")]
        return found[0] if len(found) == 1 else None


def read_script_use(path: Path) -> ScriptUse | None:
    """None when the script cannot be read."""
    try:
        return use_of(parse_module(read_bounded(path, LARGEST)))
    except (OSError, SyntaxError, ValueError, RecursionError):
        return None


def use_of(tree: ast.Module) -> ScriptUse:
    """The same of source that is parsed already."""
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    own = {node.name: node for node in ast.walk(tree) if isinstance(node, ast.ClassDef)}
    trainers = [(call, base) for call in calls if (base := _trainer(last_name(call.func), own))]
    trainer, base = trainers[0] if len(trainers) == 1 else (None, None)
    made = own.get(last_name(trainer.func)) if trainer is not None else None
    loads = [call for call in calls if last_name(call.func) == "from_pretrained"]
    lora = next((call for call in calls if last_name(call.func) == "LoraConfig"), None)
    streams = next((call for call in calls if last_name(call.func) == "load_dataset"), None)
    return ScriptUse(
        trainer=base,
        given=given_to(trainer, base, None if made is None else frozenset(_methods(made)))
        if trainer is not None
        else {},
        overrides=frozenset(_methods(made)) if made is not None else frozenset(),
        loads={
            last_name(call.func.value): keywords(call)
            for call in loads
            if isinstance(call.func, ast.Attribute)
        },
        calls=frozenset(last_name(call.func) for call in calls),
        evaluates=any(
            isinstance(call.func, ast.Attribute)
            and not (call.args or {word.arg for word in call.keywords} & {"eval_dataset", None})
            for call in named("evaluate", calls)
        ),
        outright=frozenset(_outright(tree)),
        before_trainer=frozenset(
            last_name(call.func) for call in calls if trainer is not None and call.lineno < trainer.lineno
        ),
        texts=frozenset(
            node.value
            for node in ast.walk(tree)
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and len(node.value) < 60
        ),
        borrowed=frozenset(_borrowed(tree, calls)),
        assigned=frozenset(_assigned(tree)),
        quantization=next(map(keywords, named("BitsAndBytesConfig", calls)), None),
        lora=None if lora is None else keywords(lora),
        collated=frozenset(_collated(trainer, tree)) if trainer is not None else frozenset(),
        hides_inputs=trainer is not None and _hides_inputs(trainer, tree, own),
        streams=None if streams is None else keywords(streams).get("streaming"),
        made={name: said(call) for call in calls if (name := last_name(call.func))[:1].isupper()},
        encodings=tuple(encodings(calls)),
        loaded=tuple(map(keywords, named("load_dataset", calls))),
        as_loaded=any(
            taken_as_loaded(word.value, tree)
            for word in (trainer.keywords if trainer else ())
            if word.arg == "train_dataset"
        ),
        metrics=metrics_of(keywords(trainer).get("compute_metrics", ""), tree) if trainer else None,
        names=frozenset(
            last_name(node) for node in ast.walk(tree) if isinstance(node, ast.Name | ast.Attribute)
        ),
        columns_read=frozenset(columns_read(tree)),
        columns_made=frozenset(columns_made(tree)),
    )


def named(name: str, calls: Sequence[ast.Call]) -> Iterator[ast.Call]:
    return (call for call in calls if last_name(call.func) == name)


def _trainer(name: str, own: Mapping[str, ast.ClassDef], depth: int = 4) -> str | None:
    """The library's trainer that `name` is, or extends."""
    if name in own and depth:
        bases = (
            _trainer(last_name(base), own, depth - 1) for base in own[name].bases if last_name(base) != name
        )
        outer = (last_name(base) for base in own[name].bases if last_name(base) in TRAINERS)
        return next((found for found in (*bases, *outer) if found), None)
    return name if name in TRAINERS else None


def _collated(trainer: ast.Call, tree: ast.Module) -> Iterator[str]:
    """The string keys in the class or function of the script's own that `data_collator` names."""
    given = next((word.value for word in trainer.keywords if word.arg == "data_collator"), None)
    name = last_name(given.func) if isinstance(given, ast.Call) else last_name(given) if given else ""
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef | ast.FunctionDef) and node.name == name:
            for inner in ast.walk(node):
                key = inner.slice if isinstance(inner, ast.Subscript) else None
                if isinstance(key, ast.Constant) and isinstance(key.value, str):
                    yield key.value


def _hides_inputs(trainer: ast.Call, tree: ast.Module, own: Mapping[str, ast.ClassDef]) -> bool:
    """`model = Wrapped(…)` with `def forward(self, **kwargs)`."""
    given = next((word.value for word in trainer.keywords if word.arg == "model"), None)
    made = [
        last_name(node.value.func)
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign)
        and isinstance(node.value, ast.Call)
        and given is not None
        and ast.unparse(node.targets[0]) == ast.unparse(given)
    ]
    wrapper = own.get(last_name(given.func)) if isinstance(given, ast.Call) else own.get((made or [""])[-1])
    forwards = [node for node in wrapper.body if isinstance(node, ast.FunctionDef)] if wrapper else []
    return any(
        node.name == "forward" and len(node.args.args) == 1 and node.args.kwarg is not None
        for node in forwards
    )


def _outright(node: ast.AST) -> Iterator[str]:
    """The last names of the calls below a node that stand under no condition."""
    if isinstance(node, ast.Call):
        yield last_name(node.func)
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, ast.If | ast.IfExp):
            yield from _outright(child)


def _borrowed(tree: ast.Module, calls: Sequence[ast.Call]) -> Iterator[str]:
    if any(ast.unparse(call.func) in ("sys.path.insert", "sys.path.append") for call in calls):
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and node.module == "peft":
                yield from (alias.name for alias in node.names)


def _methods(made: ast.ClassDef) -> Iterator[str]:
    return (node.name for node in made.body if isinstance(node, ast.FunctionDef))


def _assigned(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign):
            yield from (ast.unparse(target) for target in node.targets if isinstance(target, ast.Attribute))
