"""Writes an event file: FOLDER POINTS TAGS."""

from __future__ import annotations

import random
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "python"))

from event_bytes import NAME, header, scalar


def main(folder: str, points: int, tags: int) -> None:
    noise = random.Random(0)
    names = [f"train/metric_{number:02d}" for number in range(tags)]
    with open(Path(folder) / NAME, "wb") as file:
        file.write(header())
        for step in range(points // tags):
            file.write(b"".join(scalar(tag, step, noise.random(), 1.7e9 + step) for tag in names))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
