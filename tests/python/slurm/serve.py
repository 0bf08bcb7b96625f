"""A cluster for a test of another language: `python serve.py FOLDER`.

Writes a recipe and what it trains with into FOLDER, prints the variables that lead to the cluster as a line
of JSON, and stops the cluster when its input ends. Ends with code 77 and a reason where there can be none.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from slurm.cluster import make_cluster, missing
from slurm.runs import write_slurm_recipe
from tiny_model import write_model, write_reviews

SKIPPED = 77


def main(folder: Path) -> int:
    if why := missing():
        print(why)
        return SKIPPED
    write_model(folder / "model")
    write_reviews(folder / "reviews.csv")
    write_slurm_recipe(folder, "nodes: 2, partition: work", ranks=2)
    with tempfile.TemporaryDirectory(prefix="slurm-") as state:
        cluster = make_cluster(Path(state))
        try:
            print(
                json.dumps({name: cluster.environment[name] for name in ("SLURM_CONF", "PATH")}), flush=True
            )
            sys.stdin.read()
            cluster.clear()
        finally:
            cluster.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
