"""V5. Damaged recipes and foreign files: each answer is an answer, and comes soon.

Guided: what reaches a line of the daemon that nothing reached before is damaged further.
"""

from __future__ import annotations

import logging
import tempfile
import time
import traceback
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from multiprocessing import get_context
from pathlib import Path
from random import Random
from typing import Any

from tunesmith.core.finding import Finding
from tunesmith.dialects.fixes import placed
from tunesmith.dialects.launch import read_launch
from tunesmith.facts.history import history
from tunesmith.facts.sources import Store, read_now
from tunesmith.ide.edits import text_edits
from tunesmith.rules.check import check
from tunesmith.rules.foreign import check_foreign
from tunesmith.rules.texts import message
from tunesmith.stages.recipe import SUFFIX
from tunesmith.syntax.tree import Range, Tree

from corpus.lines import Line, lines_of
from corpus.mutations import damaged_file, mutate
from corpus.report import Measure, Section
from corpus.seeds import KNOWN_TARGET, Seed, seeds

LONGEST = 0.1
TRACED = 10
"""One in so many is traced; tracing makes it ten times slower."""
AGAIN = 3
WHAT_CRASHES = "damaged files that a check failed on"
WHAT_HANGS = f"damaged files whose check took more than {LONGEST * 1000:.0f} ms of processor time"


@dataclass(frozen=True)
class Problem:
    """`kind` is "crash" or "hang"; `file` of the workspace had `text`."""

    seed: str
    file: str
    text: str
    kind: str
    said: str


@dataclass(frozen=True)
class Ran:
    count: int
    lines: int
    slowest: float
    problems: tuple[Problem, ...]


class Failures(logging.Handler):
    """What the daemon logs as a defect of its own."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.said: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.said.append(self.format(record))


def mutated(count: int, number: int = 0, processes: int = 1) -> Section:
    """Damage so many files; the same `number` makes the same ones."""
    shares = [count // processes + (index < count % processes) for index in range(processes)]
    if processes == 1:
        runs = [run(count, number)]
    else:
        with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
            runs = list(pool.map(run, shares, range(number, number + processes)))
    problems = [problem for one in runs for problem in one.problems]
    crashes = sum(problem.kind == "crash" for problem in problems)
    lines = (
        *(f"✗ {problem.kind} of {problem.seed}, {problem.file}: {problem.said}" for problem in problems),
        f"V5  {crashes} crashes and {len(problems) - crashes} hangs over {LONGEST * 1000:.0f} ms "
        f"in {count} damaged files (goal 0)",
        f"    slowest: {max(one.slowest for one in runs) * 1000:.0f} ms of processor time; "
        f"lines reached: {max(one.lines for one in runs)}",
    )
    measures = (
        Measure("V5", WHAT_CRASHES, crashes, 0, least=False),
        Measure("V5", WHAT_HANGS, len(problems) - crashes, 0, least=False),
    )
    return Section("V5", lines, measures, [_row(problem) for problem in problems])


def run(count: int, number: int) -> Ran:
    draw = Random(number)
    pool = list(seeds())
    keys = sorted({key for name in CLASSES if (record := history(name)) for key in record.spells})
    texts = [seed.files[seed.file] for seed in pool]
    known: set[Line] = set()
    problems: list[Problem] = []
    slowest = 0.0
    with tempfile.TemporaryDirectory() as root, failures() as failed:
        for index in range(count):
            seed = draw.choice(pool)
            damaged, file = _damaged(draw, seed, texts, keys)
            folder = workspace(damaged, Path(root))
            if index % TRACED == 0:
                said, reached = _traced(damaged, folder, failed, known)
                if reached:
                    pool.append(damaged)
                took = 0.0
            else:
                said, took = _timed(damaged, folder, failed)
            slowest = max(slowest, took)
            if said or took > LONGEST:
                kind = "crash" if said else "hang"
                text = damaged.files[file]
                problems.append(Problem(damaged.name, file, text, kind, said or f"{took:.2f} s"))
    return Ran(count, len(known), slowest, tuple(problems))


CLASSES = (
    "transformers:TrainingArguments",
    "trl:SFTConfig",
    "trl:GRPOConfig",
    "trl:ModelConfig",
    "peft:LoraConfig",
    "accelerate:ClusterConfig",
    "llamafactory:DataArguments",
    "llamafactory:ModelArguments",
)


def _damaged(draw: Random, seed: Seed, texts: Sequence[str], keys: Sequence[str]) -> tuple[Seed, str]:
    file = damaged_file(draw, seed.files, seed.file)
    text = mutate(draw, seed.files[file], texts, keys)
    target = draw.choice((seed.target, KNOWN_TARGET))
    return replace(seed, files={**seed.files, file: text}, target=target), file


def workspace(seed: Seed, root: Path) -> Path:
    """The files of a seed on disk: in a folder that is its own, where what differs is written."""
    folder = root / seed.name.replace(" ", "-")
    for name, text in seed.files.items():
        path = folder / name
        content = text.encode("utf-8", "surrogatepass")
        if not path.is_file() or path.read_bytes() != content:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
    return folder


def examine(seed: Seed, folder: Path) -> None:
    """All that an editor asks of the checked file."""
    file, text = folder / seed.file, seed.files[seed.file]
    look = read_now(Store())
    if seed.file.endswith(SUFFIX):
        report = check(text, folder, None, look, target=seed.target)
        for finding in report.findings:
            _show(finding, report.tree, report.range_of(finding))
            for fix in finding.fixes:
                text_edits(report.tree, fix.edits)
        return
    foreign = check_foreign(file, text, folder, look, read_launch(seed.launch), seed.target)
    if foreign is None:
        return
    for one in foreign.findings:
        _show(one.finding, foreign.reading.documents[one.place.document], one.range)
        for fix in one.finding.fixes:
            for document, edits in (placed(foreign.reading, fix) or {}).items():
                text_edits(foreign.reading.documents[document], edits)


def _show(finding: Finding, tree: Tree, place: Range) -> None:
    assert message(finding), finding.code
    assert place.start <= place.end, finding
    assert place.end.line < len(tree.lines), finding
    assert place.end.character <= len(tree.lines[place.end.line]), finding


def _traced(seed: Seed, folder: Path, failed: Failures, known: set[Line]) -> tuple[str, int]:
    said, reached = lines_of(lambda: _said(seed, folder, failed), known)
    return said, reached


def _timed(seed: Seed, folder: Path, failed: Failures) -> tuple[str, float]:
    """The least of several times where the first is too long: what else this process does does not count."""
    took = LONGEST
    for _ in range(AGAIN):
        since = time.thread_time()
        said = _said(seed, folder, failed)
        took = time.thread_time() - since
        if said or took <= LONGEST:
            return said, took
    return "", took


def _said(seed: Seed, folder: Path, failed: Failures) -> str:
    """How the check failed; empty when it did not."""
    failed.said.clear()
    try:
        examine(seed, folder)
    except Exception:  # noqa: BLE001 - any failure is what is looked for
        return traceback.format_exc()
    return "\n".join(failed.said)


class failures:
    """While it lasts what the daemon logs as a defect is collected, and not printed."""

    def __enter__(self) -> Failures:
        self._log = logging.getLogger("tunesmith")
        self._handler = Failures()
        self._log.addHandler(self._handler)
        self._was = self._log.propagate
        self._log.propagate = False
        return self._handler

    def __exit__(self, *_: object) -> None:
        self._log.removeHandler(self._handler)
        self._log.propagate = self._was


def _row(problem: Problem) -> Mapping[str, Any]:
    return {"seed": problem.seed, "file": problem.file, "text": problem.text, "problem": problem.said}
