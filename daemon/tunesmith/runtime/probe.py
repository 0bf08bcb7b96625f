"""A worker in the training interpreter that answers what only the libraries there know.

`python -m tunesmith.runtime.probe`: a JSON object a line, questions on stdin, answers on stdout; it ends with
stdin."""

from __future__ import annotations

import dataclasses
import json
import os
import sys
from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from tunesmith.runtime.rebuild import rebuild
from tunesmith.stages.train.config import TrainStage

Question = Mapping[str, Any]


def main() -> int:
    # Libraries print: answers go where only this program writes.
    with os.fdopen(os.dup(1), "w", encoding="utf-8") as answers:
        os.dup2(2, 1)
        for line in sys.stdin:
            answers.write(json.dumps(answer(json.loads(line))) + "\n")
            answers.flush()
    return 0


def answer(question: Question) -> dict[str, Any]:
    try:
        return {"result": ANSWERS[question["ask"]](question)}
    except Exception as error:  # noqa: BLE001 - whatever a library raises is the answer
        return {"error": f"{type(error).__name__}: {error}"}


def row(question: Question) -> dict[str, Any]:
    """What a training makes of row number `row` of `file`."""
    from tunesmith.stages.train import lens

    config = _config(question)
    table = lens.read(question["file"], config.data.columns, config.task, _stamp(question["file"]))
    if question["row"] >= len(table.text):
        raise IndexError(f"{question['file']} has {len(table.text)} rows")
    by = _sight(json.dumps(question["config"], sort_keys=True), _tokenizer_stamp(config))
    evaluated = question["file"] == config.data.validation
    return dataclasses.asdict(lens.see(table, question["row"], by, config.data, evaluated))


def survey(question: Question) -> dict[str, Any]:
    """Which of the first `most` rows of `file` teach nothing."""
    from tunesmith.stages.train import lens

    config = _config(question)
    table = lens.read(question["file"], config.data.columns, config.task, _stamp(question["file"]))
    return dataclasses.asdict(lens.survey(table, question["most"]))


@lru_cache(maxsize=4)
def _sight(config: str, _stamp: str) -> Any:
    from tunesmith.stages.train import lens

    return lens.sight(rebuild(TrainStage, json.loads(config)))


def _config(question: Question) -> TrainStage:
    return rebuild(TrainStage, question["config"])


def _tokenizer_stamp(config: TrainStage) -> str:
    places = [place for place in (config.model.tokenizer, config.model.name_or_path) if place]
    names = ("tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "config.json")
    return " ".join(_stamp(str(Path(place, name))) for place in places for name in names)


def _stamp(file: str) -> str:
    """Changes with the file."""
    try:
        about = Path(file).stat()
    except OSError as error:
        return type(error).__name__
    return f"{about.st_mtime_ns} {about.st_size}"


ANSWERS: Mapping[str, Callable[[Question], dict[str, Any]]] = {"row": row, "survey": survey}

if __name__ == "__main__":
    sys.exit(main())
