"""What a model folder holds. Of its weights the names are read, never a number."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from tunesmith.facts.json_file import read_object
from tunesmith.facts.located import expanded
from tunesmith.facts.weights import INDEX, SINGLE, Stored, read_modules, read_stored

# How the files begin and end that tokenizers are read from, and models whose tokenizer needs none.
TOKENIZER_STARTS = (
    "tokenizer",
    "vocab",
    "merges",
    "bpe",
    "spiece",
    "sentencepiece",
    "tekken",
    "source",
    "target",
)
TOKENIZER_ENDS = (".model", ".spm", ".tiktoken", ".vocab", ".bpe", ".codes")
WITHOUT_TOKENIZER_FILE = ("canine", "perceiver")
LARGEST = 4 * 1024 * 1024
"""Of config.json, which has some kilobytes."""


@dataclass(frozen=True)
class ModelFolder:
    """`hub`: kept for an id of a hub. `readable`: False when nobody may look what is in it."""

    path: Path
    exists: bool
    hub: bool = False
    has_config: bool = False
    has_safetensors: bool = False
    has_tokenizer: bool = False
    is_adapter: bool = False
    readable: bool = True
    config: Mapping[str, object] = field(default_factory=dict[str, object])
    """config.json; empty when it cannot be read."""
    modules: tuple[str, ...] | None = None
    """The modules that have weights; None when the names cannot be read."""
    stored: Stored | None = None
    """What its weights take; None when that cannot be read."""

    @property
    def model_type(self) -> str | None:
        found = self.config.get("model_type")
        return found if isinstance(found, str) else None


def read_model_folder(path: Path) -> ModelFolder:
    """Look at one folder. Never raises."""
    try:
        names = {entry.name for entry in path.iterdir()}
    except PermissionError:
        return ModelFolder(path, exists=True, readable=False)
    except OSError:
        return ModelFolder(path, exists=os.path.exists(path))  # noqa: PTH110 - Path raises for a long name
    config = read_object(path / "config.json", LARGEST)
    return ModelFolder(
        path,
        exists=True,
        has_config="config.json" in names,
        has_safetensors=any(name.endswith(".safetensors") for name in names),
        has_tokenizer=any(
            name.startswith(TOKENIZER_STARTS) or name.endswith(TOKENIZER_ENDS) for name in names
        )
        or config.get("model_type") in WITHOUT_TOKENIZER_FILE,
        is_adapter="adapter_config.json" in names,
        config=config,
        modules=read_modules(path, names),
        stored=read_stored(path, names),
    )


def read_hub_model(path: Path) -> ModelFolder:
    """The newest snapshot that the cache folder `models--org--name` keeps."""
    try:
        commit = (path / "refs" / "main").read_text(encoding="utf-8").strip()
    except (OSError, ValueError):
        return ModelFolder(path, exists=False, hub=True)
    return replace(read_model_folder(path / "snapshots" / commit), hub=True)


def hub_fingerprint(path: Path) -> str:
    try:
        return str((path / "refs" / "main").stat().st_mtime_ns)
    except OSError as error:
        return type(error).__name__


def hub_folder(name: str, environment: Mapping[str, str] = os.environ) -> Path | None:
    """Where huggingface_hub keeps the model `name`; None when a setting of older releases decides that."""
    if "TRANSFORMERS_CACHE" in environment or "PYTORCH_TRANSFORMERS_CACHE" in environment:
        return None
    home = Path(environment.get("XDG_CACHE_HOME", "~/.cache")) / "huggingface"
    home = Path(environment.get("HF_HOME", home))
    hub = environment.get("HF_HUB_CACHE") or environment.get("HUGGINGFACE_HUB_CACHE") or home / "hub"
    return expanded(os.path.expandvars(hub)) / f"models--{name.replace('/', '--')}"


def model_fingerprint(path: Path) -> str:
    """Changes when a file comes or goes, and when one that is read is rewritten."""
    marks: list[str] = []
    for place in (path, *(path / name for name in ("config.json", SINGLE, INDEX))):
        try:
            about = place.stat()
        except OSError as error:
            marks.append(type(error).__name__)
        else:
            marks.append(f"{about.st_mtime_ns} {about.st_size}")
    return " ".join(marks)


def looks_like_folder(name_or_path: str) -> bool:
    """Whether a name can only be a path, not the id of a model on a hub."""
    return name_or_path.startswith((".", "/", "~")) or "\\" in name_or_path or name_or_path.count("/") > 1
