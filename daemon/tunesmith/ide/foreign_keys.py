"""What may be written in somebody else's file: the keys of the classes that take it."""

from __future__ import annotations

from collections.abc import Mapping

from tunesmith.core.fact import Facts
from tunesmith.core.path import RecipePath
from tunesmith.dialects.reading import Reading
from tunesmith.dialects.recognise import Dialect
from tunesmith.facts.history import History, history
from tunesmith.facts.library import Library
from tunesmith.facts.names import AXOLOTL_CONFIG, CLUSTER_CONFIG, FSDP_CONFIG, TRAINING_ARGUMENTS, VERSIONS
from tunesmith.ide.spec import KeySpec, library_key

AXOLOTL = "axolotl:AxolotlInputConfig"
TRAINER = "transformers:TrainingArguments"


def foreign_keys(reading: Reading, facts: Facts, path: RecipePath) -> Mapping[str, KeySpec]:
    """By name, the keys that the section at `path` of the file takes; empty where nothing is known."""
    if reading.dialect is Dialect.ACCELERATE:
        if path == ("fsdp_config",):
            return _keys(facts.get(FSDP_CONFIG))
        return {} if path else _keys(facts.get(CLUSTER_CONFIG) or newest("accelerate:ClusterConfig"))
    if reading.dialect is Dialect.AXOLOTL and not path:
        return _keys(facts.get(AXOLOTL_CONFIG) or at_version(AXOLOTL, facts.get(VERSIONS) or {}))
    if path or reading.dialect not in (Dialect.HF_ARGUMENTS, Dialect.LLAMA_FACTORY):
        return {}
    found: dict[str, KeySpec] = {}
    versions = facts.get(VERSIONS) or {}
    for name in classes_of(reading):
        found |= _keys(at_version(name, versions))
    return {**found, **_keys(facts.get(TRAINING_ARGUMENTS))}


def classes_of(reading: Reading) -> tuple[str, ...]:
    """The recorded classes whose keys the file holds."""
    if reading.dialect is Dialect.ACCELERATE:
        return ("accelerate:ClusterConfig",)
    if reading.dialect is Dialect.AXOLOTL:
        return (AXOLOTL,)
    return reading.arguments or (TRAINER,)


def told_history(reading: Reading, name: str) -> str:
    """Since when a key is taken, and until when; empty when no recorded release changed that."""
    said: list[str] = []
    for record in filter(None, map(history, classes_of(reading))):
        if not record.knows(name):
            continue
        since, gone = record.since(name), record.gone(name)
        said += [f"since {record.package} {since}"] if since else []
        said += [f"taken away in {record.package} {gone}"] if gone else []
    text = ", ".join(dict.fromkeys(said))
    return text[:1].upper() + text[1:]


def at_version(name: str, versions: Mapping[str, str]) -> Library | None:
    """A class at the release that counts, else at the newest one that is recorded."""
    record, version = history(name), versions.get(name.partition(":")[0])
    found = record.at(version) if record is not None and version is not None else None
    return found or newest(name)


def newest(name: str) -> Library | None:
    record: History | None = history(name)
    return record.at(record.releases[-1]) if record is not None else None


def _keys(library: Library | None) -> Mapping[str, KeySpec]:
    if library is None:
        return {}
    return {name: library_key(field, library.title) for name, field in library.fields.items()}
