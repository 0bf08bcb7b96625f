"""What is known of the packages beside an interpreter."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from tunesmith.core.fact import Fact, Known
from tunesmith.facts.interpreter import Interpreter
from tunesmith.facts.names import (
    AXOLOTL_CONFIG,
    CLUSTER_CONFIG,
    DISTRIBUTED_CONFIG,
    FSDP_CONFIG,
    INTERPRETER,
    LORA_CONFIG,
    MISSING,
    MODEL_CONFIG,
    MODEL_TYPES,
    TRAINING_ARGUMENTS,
    VERSIONS,
)
from tunesmith.facts.of_target import trainer_arguments
from tunesmith.facts.sources import Look, Source

KnownFacts = dict[Fact[Any], Known[Any]]

LIBRARY_FACTS = {
    "transformers:TrainingArguments": TRAINING_ARGUMENTS,
    "peft:LoraConfig": LORA_CONFIG,
    "accelerate:ClusterConfig": CLUSTER_CONFIG,
    "accelerate:fsdp_config": FSDP_CONFIG,
    "transformers:DistributedConfig": DISTRIBUTED_CONFIG,
    "transformers:PreTrainedConfig": MODEL_CONFIG,
    "axolotl:AxolotlInputConfig": AXOLOTL_CONFIG,
}


def interpreter_facts(interpreter: Interpreter | None, look: Look) -> KnownFacts:
    if interpreter is None:
        return {}
    environment = look(Source("environment", interpreter.path, interpreter))
    if environment is None:
        return {}
    source = str(interpreter.path)
    known: KnownFacts = {
        INTERPRETER: Known(interpreter, source),
        VERSIONS: Known(environment.versions, source),
        MISSING: Known(environment.missing, source),
    }
    if environment.types is not None:
        known[MODEL_TYPES] = Known(environment.types, source)
    for name, fact in LIBRARY_FACTS.items():
        library = environment.libraries.get(name)
        if library is not None:
            known[fact] = Known(library, library.title)
    return known


def with_arguments(known: KnownFacts, classes: tuple[str, ...]) -> KnownFacts:
    """The keys that `train` holds when other classes than the Trainer's take them: as recorded for what is
    installed, else not known."""
    if not set(classes) - {"transformers:TrainingArguments"} or VERSIONS not in known:
        return known
    versions = cast(Mapping[str, str], known[VERSIONS].value)
    is_there = all(name.partition(":")[0] in versions for name in classes)
    library = trainer_arguments(classes, versions) if is_there else None
    kept = {fact: one for fact, one in known.items() if fact is not TRAINING_ARGUMENTS}
    if library is not None:
        kept[TRAINING_ARGUMENTS] = Known(library, f"{library.title}, as recorded")
    return kept
