"""A rule's fix, which speaks of a recipe, as one for the documents where things are really written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from tunesmith.core.finding import Edit, Fix, RemoveKey, RenameKey, SetValue
from tunesmith.dialects.reading import Place, Reading
from tunesmith.dialects.recognise import PYTHON


def placed(reading: Reading, fix: Fix) -> Mapping[Path, Sequence[Edit]] | None:
    """The edits by document; None when one of them is about something that this dialect writes otherwise."""
    found: dict[Path, list[Edit]] = {}
    for edit in fix.edits:
        place = reading.written(edit.path)
        if place is None or not place.path or not isinstance(place.path[-1], str):
            return None
        # A key that has another name here would get a value or a name that is not this dialect's.
        if place.path[-1] != edit.path[-1] and not _means_the_same(edit, place.path[-1]):
            return None
        if place.document.suffix == PYTHON:
            return None
        found.setdefault(place.document, []).append(_at(edit, place))
    return found


ALIKE: Mapping[str, str] = {
    "flash_attn": "attn_implementation",
    "lora_r": "r",
    "lora_rank": "r",
    "lora_target_modules": "target_modules",
    "micro_batch_size": "per_device_train_batch_size",
    "num_epochs": "num_train_epochs",
    "torch_dtype": "dtype",
}
"""Other names that take the same values."""


def _means_the_same(edit: Edit, key: str) -> bool:
    return isinstance(edit, RemoveKey) or (isinstance(edit, SetValue) and ALIKE.get(key) == edit.path[-1])


def _at(edit: Edit, place: Place) -> Edit:
    match edit:
        case RenameKey(_, to):
            return RenameKey(place.path, to)
        case SetValue(_, text):
            return SetValue(place.path, text)
        case RemoveKey(_):
            return RemoveKey(place.path)
