"""The configuration classes of installed libraries, read from their source. Nothing of theirs is imported."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class LibraryField:
    """One key that the library takes.

    `kinds` are the plain types that it may have (str, int, float, bool, list, dict, none); empty when the
    annotation says something else. `default` is source text; None when there is none or it is computed.
    `choices` are words. `strict`: the library itself raises for a word that is no choice.
    """

    name: str
    type: str
    kinds: frozenset[str] = frozenset()
    default: str | None = None
    required: bool = False
    choices: tuple[str, ...] = ()
    strict: bool = False
    help: str = ""


@dataclass(frozen=True)
class Library:
    """A class such as `transformers.TrainingArguments` as it is installed."""

    package: str
    version: str
    name: str
    fields: Mapping[str, LibraryField] = field(default_factory=dict[str, LibraryField])

    @property
    def title(self) -> str:
        """`transformers 5.23.0`."""
        return f"{self.package} {self.version}"


@dataclass(frozen=True)
class Place:
    """Where a class stands: its file, its name, and the file of an argparse that has its help.

    Where there is no class its fields are the `options` of the argparse in `module` that begin so.
    """

    package: str
    module: str
    name: str
    arguments: str | None = None
    options: str | None = None


# By the text that a section's marker uses.
PLACES: Mapping[str, Place] = {
    "transformers:TrainingArguments": Place(
        "transformers", "transformers/training_args.py", "TrainingArguments"
    ),
    "peft:LoraConfig": Place("peft", "peft/tuners/lora/config.py", "LoraConfig"),
    "accelerate:ClusterConfig": Place(
        "accelerate",
        "accelerate/commands/config/config_args.py",
        "ClusterConfig",
        arguments="accelerate/commands/launch.py",
    ),
    "accelerate:fsdp_config": Place(
        "accelerate", "accelerate/commands/launch.py", "fsdp_config", options="fsdp_"
    ),
    "transformers:DistributedConfig": Place(
        "transformers", "transformers/distributed/configuration_utils.py", "DistributedConfig"
    ),
    "axolotl:AxolotlInputConfig": Place("axolotl", "axolotl/utils/schemas/config.py", "AxolotlInputConfig"),
}
