"""A file of somebody else's, and what it links to, as one reading."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, cast

from tunesmith.dialects.axolotl import put_axolotl
from tunesmith.dialects.handed_on import loads_itself, put_handed_on, put_read_by_script
from tunesmith.dialects.hf_arguments import put_arguments
from tunesmith.dialects.launch import Launch
from tunesmith.dialects.llama_factory import loader, put_llama_factory
from tunesmith.dialects.reading import Builder, Place, Reading
from tunesmith.dialects.recognise import JSON, PYTHON, YAML, Dialect, recognise
from tunesmith.dialects.script import read_script
from tunesmith.dialects.told import put_told, started
from tunesmith.facts.document import Document
from tunesmith.facts.script_arguments import ScriptArguments
from tunesmith.facts.script_use import ScriptUse
from tunesmith.facts.sources import Look, Source
from tunesmith.syntax.loaders import as_read, json, omegaconf, pyyaml
from tunesmith.syntax.parse import parse
from tunesmith.syntax.tree import Tree, plain

Values = Mapping[str, Any]

LONGEST_LINKED = 256 * 1024
"""Characters of another file that are read with their places: at most half a second."""


def read_foreign(
    file: Path,
    text: str,
    folder: Path,
    launch: Launch,
    look: Look,
    versions: Mapping[str, str],
    read: Callable[[str], Tree] = parse,
) -> Reading | None:
    """The reading of `file`; None for a file that is not surely one of the dialects.

    `folder` is where the command line of `launch` runs; `versions` are those of its packages.
    What `look` does not know yet is left out.
    """
    if file.suffix == PYTHON:
        return _script_itself(file, text, folder, launch, look)
    tree = as_read(read(text), json if file.suffix.lower() in JSON else pyyaml)
    values = plain(tree.root)
    dialect = recognise(file, values)
    script = _script(launch, folder, look)
    if dialect is None and isinstance(values, Mapping) and _is_parsed(file, launch, script):
        dialect = Dialect.HF_ARGUMENTS
    use: ScriptUse | None = look(Source("script-use", folder / launch.script)) if launch.script else None
    if (
        dialect in (None, Dialect.AXOLOTL)
        and use is not None
        and loads_itself(use)
        and is_named(file, launch)
    ):
        dialect = Dialect.OTHER if isinstance(values, Mapping) and file.suffix in YAML else dialect
    elif dialect is None and isinstance(values, Mapping) and file.suffix in YAML and is_named(file, launch):
        # Whatever its program makes of it: it is read as YAML.
        return Reading(Dialect.OTHER, {}, {}, {file: tree})
    if dialect is None or dialect is Dialect.RECIPE:
        return None
    builder = Builder()
    documents: dict[Path, Tree] = {file: tree}
    arguments: tuple[str, ...] = ()
    mapping = cast(Values, values)
    if dialect is Dialect.HF_ARGUMENTS:
        arguments = put_arguments(builder, mapping, file, launch, script)
        if use is not None:
            put_handed_on(builder, use, mapping, script.own if script else {}, file)
        _link(builder, documents, "deepspeed", mapping.get("deepspeed"), (folder, file.parent), look)
    elif dialect is Dialect.LLAMA_FACTORY:
        resolve = loader(versions)
        if resolve is omegaconf:
            documents[file] = as_read(read(text), omegaconf)
            mapping = cast(Values, plain(documents[file].root))
        elif resolve is None:
            mapping = read_alike(mapping, cast(Values, plain(as_read(read(text), omegaconf).root)))
        arguments = put_llama_factory(builder, mapping, file)
        _link_datasets(builder, documents, mapping, folder, look)
        _link(builder, documents, "deepspeed", mapping.get("deepspeed"), (folder, file.parent), look)
    elif dialect is Dialect.OTHER and use is not None:
        builder.values["script"] = launch.script
        put_read_by_script(builder, use, mapping, file)
    elif dialect is Dialect.AXOLOTL:
        put_axolotl(builder, mapping, file)
        _link(builder, documents, "deepspeed", mapping.get("deepspeed"), (folder, file.parent), look)
    elif dialect is Dialect.ACCELERATE:
        put_told(builder, launch, file)
        builder.section("accelerate", mapping, file)
        _link_deepspeed_of_accelerate(builder, documents, mapping, (folder, file.parent), look)
    elif dialect is Dialect.DEEPSPEED:
        builder.section("deepspeed", mapping, file)
    if dialect is not Dialect.ACCELERATE:
        put_told(builder, launch, file)
        _link(builder, documents, "accelerate", launch.config, (folder,), look)
        _link_deepspeed_of_accelerate(
            builder, documents, cast(Values, builder.values.get("accelerate", {})), (folder,), look
        )
    if "model" not in builder.values and launch.script:
        builder.values["script"] = launch.script
        if use is not None and use.model_name is not None:
            builder.values["model"] = {"name_or_path": use.model_name}
    _link_model(builder, documents, (folder, file.parent), look)
    world = world_size(launch, cast(Values, builder.values.get("accelerate", {})))
    if world is not None:
        builder.values["world_size"] = world
    if (values_of_launch := started(launch)) is not None:
        builder.values["started"] = values_of_launch
    return Reading(dialect, builder.values, builder.origins, documents, arguments)


def _script_itself(file: Path, text: str, folder: Path, launch: Launch, look: Look) -> Reading | None:
    builder = Builder()
    settings = read_script(builder, file, text)
    if settings is None:
        return None
    documents: dict[Path, Tree] = {file: settings.tree}
    builder.values["script"] = os.path.relpath(file, folder)
    _link_model(builder, documents, (folder, file.parent), look)
    world = world_size(launch, {})
    if world is not None:
        builder.values["world_size"] = world
    return Reading(
        Dialect.SCRIPT, builder.values, builder.origins, documents, settings.arguments, settings.unread
    )


def read_alike(one: Values, other: Values) -> Values:
    """What two loaders agree on: of the rest nothing is known."""
    return {key: value for key, value in one.items() if key in other and repr(other[key]) == repr(value)}


def world_size(launch: Launch, accelerate: Values) -> int | None:
    """How many processes the launch makes over all machines; None when that is not known."""
    if launch.program == "accelerate":
        # Its options come before its file, and both count over all machines.
        written = launch.processes if launch.processes is not None else accelerate.get("num_processes")
        return written if isinstance(written, int) and not isinstance(written, bool) else None
    if launch.program in ("torchrun", "deepspeed"):
        each = (started(launch) or {}).get("processes")
        return each * (launch.machines or 1) if isinstance(each, int) else None
    return 1 if launch.program == "python" else None


def is_named(file: Path, launch: Launch) -> bool:
    """Whether a word of the command line names the file, as `-c train.yaml` and `data=train.yaml` do."""
    return any(Path(word.rpartition("=")[2]).name == file.name for word in launch.arguments)


def _is_parsed(file: Path, launch: Launch, script: ScriptArguments | None) -> bool:
    """Whether the launch hands the file to a parser of Hugging Face's."""
    return is_named(file, launch) and (
        launch.program == "trl" or (script is not None and bool(script.libraries))
    )


def _script(launch: Launch, folder: Path, look: Look) -> ScriptArguments | None:
    if launch.script is None:
        return None
    return cast("ScriptArguments | None", look(Source("script-arguments", folder / launch.script)))


def _link(
    builder: Builder,
    documents: dict[Path, Tree],
    section: str,
    written: object,
    folders: tuple[Path, ...],
    look: Look,
) -> None:
    """The file that `written` names as a section, from the first of `folders` that holds it."""
    if not isinstance(written, str) or not written or "\0" in written:
        return
    for folder in folders:
        found: Document | None = look(Source("document", folder / written))
        if found is None or found.text is None:
            continue
        tree = documents.get(found.path) or _linked(found.text, found.path.suffix.lower() in JSON)
        if tree is None:
            return
        values = plain(tree.root)
        if isinstance(values, Mapping):
            documents[found.path] = tree
            builder.section(section, cast(Values, values), found.path)
        return


@lru_cache(maxsize=32)
def _linked(text: str, is_json: bool) -> Tree | None:
    """Read once, not with every check. None for a text that takes too long: a vocabulary, say."""
    return as_read(parse(text), json if is_json else pyyaml) if len(text) <= LONGEST_LINKED else None


def _link_model(builder: Builder, documents: dict[Path, Tree], folders: tuple[Path, ...], look: Look) -> None:
    """The files of a model folder that settings stand in: what is wrong with the tokenizer stands there."""
    model = builder.values.get("model")
    name = cast(Values, model).get("name_or_path") if isinstance(model, Mapping) else None
    if isinstance(name, str) and name:
        for part in ("tokenizer_config.json", "special_tokens_map.json"):
            _link(builder, documents, "tokenizer", f"{name}/{part}", folders, look)
        _link(builder, documents, "model_config", f"{name}/config.json", folders, look)


def _link_datasets(
    builder: Builder, documents: dict[Path, Tree], values: Values, folder: Path, look: Look
) -> None:
    """The file that says what LLaMA-Factory's data sets are, and the data of the only one that is named."""
    home = values.get("dataset_dir", "data")
    if not isinstance(home, str):
        return
    _link(builder, documents, "registry", f"{home}/dataset_info.json", (folder,), look)
    named = values.get("dataset")
    single = cast("list[object]", named)[0] if isinstance(named, list) and len(named) == 1 else named
    about = cast(Values, builder.values.get("registry", {})).get(single) if isinstance(single, str) else None
    written = cast(Values, about).get("file_name") if isinstance(about, Mapping) else None
    if isinstance(written, str):
        builder.put(("data", "train"), f"{home}/{written}", Place(next(iter(documents)), ("dataset",)))


def _link_deepspeed_of_accelerate(
    builder: Builder, documents: dict[Path, Tree], values: Values, folders: tuple[Path, ...], look: Look
) -> None:
    nested = values.get("deepspeed_config")
    if "deepspeed" in builder.values:
        return
    if isinstance(nested, Mapping):
        written = cast(Values, nested).get("deepspeed_config_file")
        _link(builder, documents, "deepspeed", written, folders, look)
