"""Settings of linked files that mean the same: a value of a DeepSpeed config, and the Trainer's argument."""

from __future__ import annotations

from collections.abc import Iterator

from tunesmith.core.path import RecipePath
from tunesmith.dialects.reading import Place, Reading
from tunesmith.ide.foreign import as_opened, link_to
from tunesmith.stages.train.rules.deepspeed_mismatch import COMPARED

PAIRS: tuple[tuple[RecipePath, RecipePath], ...] = tuple(
    (("deepspeed", *path), ("train", argument)) for path, argument, _ in COMPARED if argument.isidentifier()
)


def counterparts(reading: Reading, asked: Place) -> Iterator[Place]:
    """Where the setting's other half stands, or the file that it names, or who names its file."""
    document = next((path for path in reading.documents if as_opened(path) == asked.document), None)
    if document is None:
        return
    here = Place(document, asked.path)
    for one, other in PAIRS:
        for wanted, found in ((one, other), (other, one)):
            if reading.origins.get(wanted) and reading.place(wanted) == here and _stands(reading, found):
                yield reading.place(found)
    tree = reading.documents[reading.file]
    for linked in reading.documents:
        path = link_to(tree, linked) if linked != reading.file else None
        if path is None:
            continue
        if here == Place(reading.file, path):
            yield Place(linked, ())
        elif document == linked and not asked.path:
            yield Place(reading.file, path)


def _stands(reading: Reading, path: RecipePath) -> bool:
    place = reading.place(path)
    return bool(place.path) and reading.documents[place.document].find(place.path) is not None
