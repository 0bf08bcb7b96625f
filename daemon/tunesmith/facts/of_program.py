"""What the user's own script or module takes, beside the classes of libraries that it takes fields of."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tunesmith.core.fact import Fact, Known
from tunesmith.facts.library import Library
from tunesmith.facts.located import located
from tunesmith.facts.names import COMMAND_LINE, SETTINGS, TRAINING_ARGUMENTS, VERSIONS
from tunesmith.facts.of_target import TRANSFORMERS, recorded
from tunesmith.facts.sources import Look, Source

KnownFacts = dict[Fact[Any], Known[Any]]


def command_line(folder: Path, values: Mapping[str, object], known: KnownFacts, look: Look) -> KnownFacts:
    """Of a class of a library that is installed its own fields, else those that were recorded."""
    script, module = values.get("script"), values.get("module")
    written = script if script is not None else module
    if not isinstance(written, str) or not written or "\0" in written:
        return dict.fromkeys((COMMAND_LINE, SETTINGS), Known(None, "the recipe"))
    place = folder if script is None else located(folder, written)
    program = look(Source("program", place, name=written if script is None else ""))
    if program is None:
        return {}
    versions: Mapping[str, str] = known[VERSIONS].value if VERSIONS in known else {}
    trainer: Known[Library] | None = known.get(TRAINING_ARGUMENTS)

    def library(name: str) -> Library | None:
        return trainer.value if name == TRANSFORMERS and trainer is not None else recorded(name, versions)

    return {
        fact: Known(program.with_libraries(of_file, library), written)
        for fact, of_file in ((COMMAND_LINE, False), (SETTINGS, True))
    }
