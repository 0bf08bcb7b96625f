"""Opens a run folder as the metrics process does, twice; prints what it took as JSON."""

from __future__ import annotations

import json
import resource
import sys
import time

from tunesmith.metrics.hub import Hub
from tunesmith.metrics.messages import Snapshot, Subscribe, framed


def main(folder: str) -> None:
    before = time.process_time()
    hub = Hub()
    snapshot = opened(hub, folder)
    cpu = time.process_time() - before
    hub.unsubscribe("run")
    before = time.monotonic()
    opened(hub, folder)
    print(
        json.dumps(
            {
                "cpu_s": cpu,
                "second_open_s": time.monotonic() - before,
                "points": snapshot.total_points,
                "resident_mb": resident_mb(),
            }
        )
    )


def opened(hub: Hub, folder: str) -> Snapshot:
    """The snapshot, encoded once as it would be for the pipe."""
    hub.subscribe(Subscribe(1, "run", folder, 4000))
    while True:
        answers, _ = hub.tick(time.monotonic())
        for answer in answers:
            if isinstance(answer, Snapshot):
                framed(answer)
                return answer


def resident_mb() -> float:
    """The most it ever was. Kilobytes on Linux, bytes on macOS."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (
        1024 if sys.platform != "darwin" else 1024**2
    )


if __name__ == "__main__":
    main(sys.argv[1])
