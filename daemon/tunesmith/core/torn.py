"""Telling a whole checkpoint from one whose writing was cut short, by the ends of its files.

With the standard library alone, and without reading what is in the files.
"""

from __future__ import annotations

import json
import os
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

from tunesmith.core.files import read_json

STATE = "trainer_state.json"
"""What transformers' Trainer writes last."""
ZIPPED = (".pt", ".pth", ".bin", ".pkl")
"""What torch.save writes: a zip archive, whose directory stands at its end."""
LEAST = 22
"""Bytes of a zip archive: the end of its directory."""
LONGEST_HEADER = 100_000_000
WEIGHTS = ("*.safetensors", "pytorch_model*.bin", "*.distcp", "*_states.pt")


def why_torn(folder: Path, sizes: Mapping[str, int], by_trainer: bool) -> str | None:
    """What is wrong with the checkpoint in `folder`; None when it is whole.

    `sizes` are those of its files when it was complete, as far as that was written down. What a program wrote
    `by_trainer` has parts that are known.
    """
    try:
        return tear(folder, sizes, by_trainer)
    except OSError as error:
        return f"{error.filename or folder.name} cannot be read: {error.strerror}"


def tear(folder: Path, sizes: Mapping[str, int], by_trainer: bool) -> str | None:
    """The same, but raises OSError for what cannot be read: it may be whole."""
    if not folder.is_dir():
        return "it is not there any more"
    if by_trainer and read_json(folder / STATE) is None:
        return f"{STATE} is missing or cut short"
    for name, size in sizes.items():
        try:
            now = (folder / name).stat().st_size
        except FileNotFoundError:
            return f"{name} is missing"
        if now != size:
            return f"{name} has {now:,} bytes and had {size:,}"
    if not any(next(folder.rglob(pattern), None) for pattern in (WEIGHTS if by_trainer else ("*.*",))):
        return "it holds no weights" if by_trainer else "it is empty"
    return next((wrong for path in _files(folder) if (wrong := _cut_short(path))), None)


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def _cut_short(path: Path) -> str | None:
    if path.suffix == ".safetensors":
        fine = _is_whole_safetensors(path)
    elif path.suffix in ZIPPED:
        fine = _is_whole_zip(path)
    elif path.suffix == ".distcp":
        fine = (path.parent / ".metadata").exists()  # Written when all parts are.
    elif path.name.endswith(".index.json"):
        parts = cast("dict[str, str]", (read_json(path) or {}).get("weight_map") or {})
        fine = bool(parts) and all((path.parent / name).is_file() for name in set(parts.values()))
    else:
        return None
    return None if fine else f"{path.name} is cut short"


def _is_whole_zip(path: Path) -> bool:
    """Reads its end, because zipfile takes a disk that fails for a file that is no archive."""
    with open(path, "rb") as file:
        file.seek(max(0, os.fstat(file.fileno()).st_size - LEAST))
        file.read()
        return zipfile.is_zipfile(file)


def _is_whole_safetensors(path: Path) -> bool:
    """A length, a JSON header with the place of each tensor, the tensors."""
    with open(path, "rb") as file:
        size = os.fstat(file.fileno()).st_size
        length = int.from_bytes(file.read(8), "little")
        if size < 8 or length > min(size - 8, LONGEST_HEADER):
            return False
        try:
            header: Any = json.loads(file.read(length))
            ends = [int(each["data_offsets"][1]) for name, each in header.items() if name != "__metadata__"]
        except (ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError):
            return False
    return size == 8 + length + max(ends, default=0)
