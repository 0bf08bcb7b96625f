"""What the validator catches, and what it keeps quiet of: V1 to V5, each with its goal.

`npm run corpus [-- --cases DIR --clean DIR --history FILE --json FILE --python FILE --mutations N]`; the form
of the JSON is that of `corpus.report`.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

from trainer import PYTHON

from corpus.cases import WHAT as WHAT_CASES
from corpus.cases import cases_in, caught, play
from corpus.clean import WHAT_ERRORS, check_clean, clean_in, silent
from corpus.mutated import mutated
from corpus.renamed import WHAT as WHAT_KEYS
from corpus.renamed import flagged, read_fields
from corpus.replayed import WHAT as WHAT_ERRORS_RAISED
from corpus.replayed import outcomes, replay, replayed
from corpus.report import Section, skipped, write

CORPUS = Path(__file__).parents[3] / "shared" / "corpus"


def main() -> None:
    parser = argparse.ArgumentParser(prog="npm run corpus --")
    parser.add_argument("--cases", type=Path, default=CORPUS / "cases", help="mistakes with mended twins")
    parser.add_argument("--clean", type=Path, default=CORPUS / "clean", help="working files, in MANIFEST.tsv")
    parser.add_argument("--history", type=Path, default=CORPUS / "field_history.json")
    parser.add_argument("--json", type=Path, help="write the figures and their rows here")
    parser.add_argument("--python", type=Path, default=PYTHON, help="the interpreter that replays errors")
    parser.add_argument("--mutations", type=int, default=2000, help="how many files to damage")
    parser.add_argument("--processes", type=int, default=1, help="how many damage them side by side")
    given = parser.parse_args()
    sections: list[Section] = []
    measures: tuple[Callable[[], Section], ...] = (
        lambda: of_cases(given.cases),
        lambda: of_clean(given.clean),
        lambda: of_history(given.history),
        lambda: of_errors(given.python),
        lambda: mutated(given.mutations, processes=given.processes),
    )
    for measure in measures:
        section = measure()
        print("\n".join(section.lines), end="\n\n", flush=True)
        sections.append(section)
    if given.json:
        write(given.json, sections)


def of_cases(folder: Path) -> Section:
    if not folder.is_dir():
        return skipped("V1", WHAT_CASES, f"there is no folder {folder}")
    return caught([*map(play, cases_in(folder))])


def of_clean(folder: Path) -> Section:
    if not (folder / "MANIFEST.tsv").is_file():
        return skipped("V2", WHAT_ERRORS, f"there is no {folder / 'MANIFEST.tsv'}")
    return silent([*map(check_clean, clean_in(folder))])


def of_history(file: Path) -> Section:
    if not file.is_file():
        return skipped("V3", WHAT_KEYS, f"there is no file {file}")
    return flagged(read_fields(file))


def of_errors(python: Path) -> Section:
    if not python.is_file():
        return skipped("V4", WHAT_ERRORS_RAISED, f"there is no interpreter {python}")
    return replayed(outcomes(replay(python, slow=True)))


if __name__ == "__main__":
    main()
