"""Rows of data files as a training sees them: asked of the training interpreter, where that may run."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tunesmith.facts.interpreter import Interpreter
from tunesmith.facts.records import LINED, record_at, records
from tunesmith.ide.row import describe_row
from tunesmith.runs.create import plain
from tunesmith.runs.probe import NoAnswer, Probe
from tunesmith.server.confine import inside
from tunesmith.server.messages.data import AskRow, AskRows, LeftOut, SeenRow, SurveyedRows
from tunesmith.server.session import Session
from tunesmith.stages.recipe import SUFFIX, Recipe, stage_of
from tunesmith.stages.train.config import TrainStage
from tunesmith.syntax.bind import bind
from tunesmith.syntax.parse import parse

log = logging.getLogger(__name__)

MOST_ROWS = 20_000
"""Of a file that are looked at for rows that teach nothing."""
LARGEST = 64 * 1024 * 1024
"""Bytes of a file whose rows are looked at."""
MOST_RECIPES = 50


@dataclass(frozen=True)
class Use:
    """A recipe that trains or evaluates on a file."""

    recipe: Path
    config: Mapping[str, Any]
    columns: Mapping[str, str | None]
    interpreter: Interpreter


async def see_row(session: Session, params: AskRow) -> SeenRow:
    """What training makes of the row on a line, by the recipe that uses the file."""
    file = Path(params.file)
    use = await _use(session, file)
    record = None if use is None else await asyncio.to_thread(_record, file, params.line)
    if use is None or record is None:
        return SeenRow()
    question = {"ask": "row", "config": use.config, "file": str(file), "row": record.row}
    try:
        seen = await _ask(session, use.interpreter, question)
    except NoAnswer as error:
        return SeenRow(f"`{use.recipe.name}` cannot read this row: {error}", record.first, record.last)
    return SeenRow(describe_row(seen, record.row, use.recipe.name, use.columns), record.first, record.last)


async def survey_rows(session: Session, params: AskRows) -> SurveyedRows:
    """Which rows of a file no training sees, among the first ones."""
    file = Path(params.file)
    use = await _use(session, file)
    if use is None:
        return SurveyedRows()
    question = {"ask": "survey", "config": use.config, "file": str(file), "most": MOST_ROWS}
    try:
        found = await _ask(session, use.interpreter, question)
        return SurveyedRows(await asyncio.to_thread(_left_out, file, use, found))
    except (NoAnswer, OSError, UnicodeDecodeError) as error:
        log.warning("the rows of %s are not known: %s", file, error)
        return SurveyedRows()


def _left_out(file: Path, use: Use, found: Mapping[str, Any]) -> list[LeftOut]:
    places = {record.row: record for record in records(file)}
    if len(places) != found["rows"]:
        log.warning("%s: %d rows were read and %d counted", file, found["rows"], len(places))
        return []
    whole = found["looked"] == found["rows"]
    looked = "" if whole else f" (the first {found['looked']:,} of {found['rows']:,} rows were looked at)"
    return [
        LeftOut(
            places[row].first,
            places[row].last,
            f"Nothing is learned from this row: it has no {lacks} in the column "
            f"{use.columns[lacks]!r} that {use.recipe.name} reads{looked}",
        )
        for row, lacks in found["found"]
    ]


async def _use(session: Session, file: Path) -> Use | None:
    """Nothing is started where that is not trusted."""
    if not session.options.trusted or file.suffix.lower() not in LINED or not inside(file, session):
        return None
    # What is open changes under a thread.
    return await asyncio.to_thread(_find_use, session, file, sorted(session.documents.paths()))


def _find_use(session: Session, file: Path, opened: Sequence[Path]) -> Use | None:
    if not file.is_file() or file.stat().st_size > LARGEST:
        return None
    for path in _recipes(session.folders, file, opened):
        config = _config(path)
        if config is None or str(file) not in (config["data"]["train"], config["data"]["validation"]):
            continue
        interpreter = session.interpreter(path.parent)
        if interpreter is not None:
            return Use(path, config, config["data"]["columns"], interpreter)
    return None


def _recipes(folders: Iterable[Path], file: Path, opened: Iterable[Path]) -> Iterator[Path]:
    """Open ones first, then those in the folders above the file, the nearest first."""
    seen: set[Path] = set()
    roots = {folder.resolve() for folder in folders}
    above: list[Path] = []
    for folder in file.parents:
        above += sorted(folder.glob(f"*{SUFFIX}"))[:MOST_RECIPES]
        if folder.resolve() in roots:
            break
    for path in [*opened, *above]:
        if path not in seen and path.name.endswith(SUFFIX):
            seen.add(path)
            yield path


def _config(path: Path) -> dict[str, Any] | None:
    """What the worker is told: how the recipe reads data. None for one that does not say."""
    try:
        stage = stage_of(bind(parse(path.read_text(encoding="utf-8")), Recipe).value)[1]
    except (OSError, UnicodeDecodeError, ValueError) as error:
        log.info("%s is passed over: %s", path, error)
        return None
    if not isinstance(stage, TrainStage):
        return None
    whole = plain(stage, path.parent)
    return {name: whole[name] for name in ("task", "model", "data")}


def _record(file: Path, line: int) -> Any:
    try:
        return record_at(file, line)
    except (OSError, UnicodeDecodeError) as error:
        log.warning("%s is not read: %s", file, error)
        return None


async def _ask(session: Session, interpreter: Interpreter, question: Mapping[str, Any]) -> dict[str, Any]:
    """Raises NoAnswer."""
    probe = _probe(session, interpreter)
    return await asyncio.get_running_loop().run_in_executor(session.probing, probe.ask, question)


def _probe(session: Session, interpreter: Interpreter) -> Probe:
    found = session.probes.get(interpreter.path)
    if found is None:
        found = session.probes[interpreter.path] = Probe(interpreter)
        session.on_close(_closing(found))
    return found


def _closing(probe: Probe) -> Any:
    async def close() -> None:
        probe.kill()
        await asyncio.to_thread(probe.close)

    return close
