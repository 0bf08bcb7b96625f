"""Which model types the installed transformers has and what they can be trained for: its own tables."""

from __future__ import annotations

import ast
import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from tunesmith.facts.source import last_name, load, string, string_list

log = logging.getLogger(__name__)

Words = tuple[str, ...]

AUTO = "transformers/models/auto"
# The table of the model types that an Auto class can build, by the task that uses the class.
TASK_TABLES = {
    "text-classification": "MODEL_FOR_SEQUENCE_CLASSIFICATION_MAPPING_NAMES",
    "causal-lm": "MODEL_FOR_CAUSAL_LM_MAPPING_NAMES",
}
LORA_TABLE = "TRANSFORMERS_MODELS_TO_LORA_TARGET_MODULES_MAPPING"


@dataclass(frozen=True)
class ModelTypes:
    """`classes`: the config class by model type. `tasks`: the types that an Auto class can build, by task.

    `lora`: what peft adapts where nothing is said, by type; None without peft.
    """

    root: Path
    classes: Mapping[str, str]
    modules: Mapping[str, str] = field(default_factory=dict[str, str])
    tasks: Mapping[str, frozenset[str]] = field(default_factory=dict[str, frozenset[str]])
    lora: Mapping[str, Words] | None = None

    def can(self, model_type: str, task: str) -> bool | None:
        """Whether a type can be trained for a task; None when that is not known.

        Auto classes look at the config class alone, which several types may share.
        """
        one = self.classes.get(model_type)
        if not self.tasks.get(task) or one is None:
            return None
        return one in self._task_classes[task]

    def trainable(self, task: str) -> tuple[str, ...]:
        """The types that are not known to be wrong for a task."""
        return self._trainable.get(task, tuple(self.classes))

    @cached_property
    def _trainable(self) -> Mapping[str, tuple[str, ...]]:
        return {
            task: tuple(name for name in self.classes if self.can(name, task) is not False)
            for task in self.tasks
        }

    @cached_property
    def _task_classes(self) -> Mapping[str, frozenset[str]]:
        """The config classes of the types that an Auto class can build, by task."""
        classes = self.classes
        return {
            task: frozenset(classes[name] for name in names if name in classes)
            for task, names in self.tasks.items()
        }

    def folder(self, model_type: str) -> Path:
        """Where the source of a type stands."""
        name = self.modules.get(model_type, model_type.replace("-", "_"))
        return self.root / "transformers" / "models" / name


def read_model_types(site_packages: Sequence[Path]) -> ModelTypes | None:
    """The tables of the transformers that is installed; None when there are none."""
    root = next((folder for folder in site_packages if (folder / AUTO).is_dir()), None)
    if root is None:
        return None
    configs = _modules(root, (f"{AUTO}/auto_mappings.py", f"{AUTO}/configuration_auto.py"))
    models = _modules(root, (f"{AUTO}/modeling_auto.py",))
    classes = {key: words[0] for key, words in _table(configs, "CONFIG_MAPPING_NAMES").items()}
    if not classes:
        return None
    modules = _table(configs, "SPECIAL_MODEL_TYPE_TO_MODULE_NAME")
    tasks = {task: frozenset(_table(models, name)) for task, name in TASK_TABLES.items()}
    peft = next((folder for folder in site_packages if (folder / "peft/utils/constants.py").is_file()), None)
    lora = _table(_modules(peft, ("peft/utils/constants.py",)), LORA_TABLE) if peft else None
    return ModelTypes(root, classes, {key: words[0] for key, words in modules.items()}, tasks, lora or None)


def _modules(root: Path, names: Sequence[str]) -> list[ast.Module]:
    found: list[ast.Module] = []
    for name in names:
        try:
            found.append(load(root, name).tree)
        except FileNotFoundError:
            continue
        except (OSError, SyntaxError, ValueError) as error:
            log.warning("%s cannot be read: %s", root / name, error)
    return found


def _table(modules: Sequence[ast.Module], name: str) -> Mapping[str, Words]:
    """The rows of a table of that name: pairs, dicts and what `.update` adds."""
    rows: dict[str, Words] = {}
    for module in modules:
        for statement in module.body:
            for value in _values(statement, name):
                rows |= _rows(value)
    return rows


def _values(statement: ast.stmt, name: str) -> Iterator[ast.expr]:
    match statement:
        case ast.Assign(targets=[target], value=value) if last_name(target) == name:
            yield value
        case ast.AnnAssign(target=target, value=ast.expr() as value) if last_name(target) == name:
            yield value
        case ast.Expr(value=ast.Call(func=ast.Attribute(value=table, attr="update"), args=added)):
            if last_name(table) == name:
                yield from added
        case _:
            return


def _rows(value: ast.expr) -> Iterator[tuple[str, Words]]:
    for node in ast.walk(value):
        if isinstance(node, ast.Tuple) and len(node.elts) == 2 and string(node.elts[0]):
            yield string(node.elts[0]), _words(node.elts[1])
        elif isinstance(node, ast.Dict):
            for key, one in zip(node.keys, node.values, strict=True):
                if string(key):
                    yield string(key), _words(one)


def _words(node: ast.expr) -> Words:
    return string_list(node) or (string(node),)
