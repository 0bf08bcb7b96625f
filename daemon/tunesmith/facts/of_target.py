"""What a target profile says in place of this machine and its packages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from tunesmith.core.fact import Fact, Known
from tunesmith.facts.history import history, minor
from tunesmith.facts.library import Library, LibraryField
from tunesmith.facts.names import (
    CLUSTER_CONFIG,
    DISK_FREE,
    GPUS,
    HAS_ACCELERATOR,
    LORA_CONFIG,
    PORTS_IN_USE,
    TRAINING_ARGUMENTS,
    VERSIONS,
)
from tunesmith.facts.target import Target

KnownFacts = Mapping[Fact[Any], Known[Any]]

SOURCE = "the target profile"
# What TRL's scripts take beside the arguments of their trainer.
SCRIPTS = (
    "trl:ScriptArguments",
    "trl:SFTScriptArguments",
    "trl:DPOScriptArguments",
    "trl:RewardScriptArguments",
)
BESIDE = ("trl:ModelConfig", *SCRIPTS)
TRANSFORMERS = "transformers:TrainingArguments"


def target_facts(target: Target, arguments: Iterable[str] = ()) -> KnownFacts:
    """`arguments`: the classes whose keys the training's arguments are; none: those of the Trainer."""
    known: dict[Fact[Any], Known[Any]] = {}
    packages = target.packages
    if packages is not None:
        known[VERSIONS] = Known(packages, SOURCE)
        found = {
            TRAINING_ARGUMENTS: trainer_arguments(tuple(arguments), packages),
            LORA_CONFIG: recorded("peft:LoraConfig", packages),
            CLUSTER_CONFIG: recorded("accelerate:ClusterConfig", packages),
        }
        known |= {
            fact: Known(one, f"{one.title}, as recorded") for fact, one in found.items() if one is not None
        }
    if target.gpus is not None:
        known[GPUS] = Known(target.gpus, SOURCE)
        known[HAS_ACCELERATOR] = Known(bool(target.gpus), SOURCE)
    if target.disk_free_gib is not None:
        known[DISK_FREE] = Known(target.disk_free_gib, SOURCE)
    if target.ports_in_use is not None:
        known[PORTS_IN_USE] = Known(target.ports_in_use, SOURCE)
    return known


def trainer_arguments(classes: tuple[str, ...], packages: Mapping[str, str]) -> Library | None:
    """All keys that the classes take together; None when one of them is not known at its release."""
    base = recorded(TRANSFORMERS, packages)
    if base is None:
        return None
    fields: dict[str, LibraryField] = dict(base.fields)
    last = base
    for name in classes:
        one = base if name == TRANSFORMERS else recorded(name, packages)
        # Keys of LLaMA-Factory's own classes are not among the Trainer's.
        absent = name in SCRIPTS or came_later(name, packages) or name.startswith("llamafactory:")
        if one is None and absent:
            continue
        if one is None:
            return None
        fields |= one.fields
        last = one if name.startswith("trl:") and name not in BESIDE else last
    scripts = [name for name in classes if name in SCRIPTS]
    # One release has this class, another that one; of one that has neither the keys are not known.
    if scripts and "trl" in packages and not any(recorded(name, packages) for name in scripts):
        return None
    return Library(last.package, last.version, last.name, fields)


def recorded(name: str, packages: Mapping[str, str]) -> Library | None:
    """A class at the release of its package among `packages`."""
    version = packages.get(name.partition(":")[0])
    record = history(name)
    return record.at(version) if record is not None and version is not None else None


def came_later(name: str, packages: Mapping[str, str]) -> bool:
    """Whether the release of the package among `packages` is older than the class."""
    version, record = packages.get(name.partition(":")[0]), history(name)
    return record is not None and version is not None and minor(version) < minor(record.releases[0])
