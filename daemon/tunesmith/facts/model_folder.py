"""What a model folder holds. Weights are not opened."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import cast

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


@dataclass(frozen=True)
class ModelFolder:
    """`hub`: kept for an id of a hub. `config_problem`: why a config.json that is there is unreadable."""

    path: Path
    exists: bool
    hub: bool = False
    has_config: bool = False
    has_safetensors: bool = False
    has_tokenizer: bool = False
    is_adapter: bool = False
    model_type: str | None = None
    max_positions: int | None = None
    config_problem: str | None = None


def read_model_folder(path: Path) -> ModelFolder:
    """Look at one folder. Never raises."""
    try:
        names = {entry.name for entry in path.iterdir()}
    except OSError:
        return ModelFolder(path, exists=path.exists())
    config: dict[str, object] = {}
    problem: str | None = None
    if (path / "config.json").is_file():
        try:
            raw = json.loads((path / "config.json").read_text(encoding="utf-8"))
            config = cast("dict[str, object]", raw) if isinstance(raw, dict) else {}
        except (OSError, ValueError, RecursionError) as error:
            problem = str(error)
    model_type = config.get("model_type")
    positions = config.get("max_position_embeddings")
    return ModelFolder(
        path,
        exists=True,
        has_config="config.json" in names,
        has_safetensors=any(name.endswith(".safetensors") for name in names),
        has_tokenizer=model_type in WITHOUT_TOKENIZER_FILE
        or any(name.startswith(TOKENIZER_STARTS) or name.endswith(TOKENIZER_ENDS) for name in names),
        is_adapter="adapter_config.json" in names,
        model_type=model_type if isinstance(model_type, str) else None,
        max_positions=positions if isinstance(positions, int) else None,
        config_problem=problem,
    )


def read_hub_model(path: Path) -> ModelFolder:
    """The newest snapshot that the cache folder `models--org--name` keeps."""
    try:
        commit = (path / "refs" / "main").read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
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
    return Path(hub).expanduser() / f"models--{name.replace('/', '--')}"


def model_fingerprint(path: Path) -> str:
    """Changes when a file comes, goes or when config.json is rewritten."""
    try:
        folder = path.stat()
    except OSError as error:
        return type(error).__name__
    try:
        config = (path / "config.json").stat()
    except OSError:
        return str(folder.st_mtime_ns)
    return f"{folder.st_mtime_ns} {config.st_mtime_ns} {config.st_size}"


def looks_like_folder(name_or_path: str) -> bool:
    """Whether a name can only be a path, not the id of a model on a hub."""
    return name_or_path.startswith((".", "/", "~")) or "\\" in name_or_path or name_or_path.count("/") > 1
