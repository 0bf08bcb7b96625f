"""What the validator catches, and what it keeps quiet of: V1 to V5, each with its goal.

`npm run corpus [-- --cases DIR --clean DIR --history FILE --json FILE]`; the form of the JSON is that of
`corpus.report`.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from corpus.cases import WHAT as WHAT_CASES
from corpus.cases import cases_in, caught, play
from corpus.clean import WHAT_ERRORS, check_clean, clean_in, silent
from corpus.renamed import WHAT as WHAT_KEYS
from corpus.renamed import flagged, read_fields
from corpus.report import Section, skipped, write

CORPUS = Path(__file__).parents[3] / "shared" / "corpus"


def main() -> None:
    parser = argparse.ArgumentParser(prog="npm run corpus --")
    parser.add_argument("--cases", type=Path, default=CORPUS / "cases", help="mistakes with mended twins")
    parser.add_argument("--clean", type=Path, default=CORPUS / "clean", help="working files, in MANIFEST.tsv")
    parser.add_argument("--history", type=Path, default=CORPUS / "field_history.json")
    parser.add_argument("--json", type=Path, help="write the figures and their rows here")
    given = parser.parse_args()
    sections: list[Section] = []
    for section in (of_cases(given.cases), of_clean(given.clean), of_history(given.history)):
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


if __name__ == "__main__":
    main()
