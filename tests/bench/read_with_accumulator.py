"""Reads a folder of event files with TensorBoard's EventAccumulator; prints what it took as JSON."""

from __future__ import annotations

import json
import resource
import sys
import time

from tensorboard.backend.event_processing.event_accumulator import SCALARS, EventAccumulator


def main(folder: str) -> None:
    before = time.process_time()
    events = EventAccumulator(folder, size_guidance={SCALARS: 0})
    events.Reload()
    points = sum(len(events.Scalars(tag)) for tag in events.Tags()["scalars"])
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (
        1024 if sys.platform != "darwin" else 1024**2
    )
    print(
        json.dumps(
            {
                "cpu_s": time.process_time() - before,
                "second_open_s": None,
                "points": points,
                "resident_mb": peak,
            }
        )
    )


if __name__ == "__main__":
    main(sys.argv[1])
