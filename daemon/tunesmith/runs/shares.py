"""How a model that is trained in parts lies in the ranks of a run, as they saw it themselves."""

from __future__ import annotations

from typing import Any

from tunesmith.core.attempts import last_attempt
from tunesmith.core.files import read_json
from tunesmith.core.layout import RunFolder

ENDING = ".parts.json"


def held(run: RunFolder) -> dict[str, Any]:
    """The way, all parameters, and those of each rank in the last attempt; empty for a whole model."""
    attempt = last_attempt(run)
    there = attempt.rank_parts(0).parent.glob(f"*{ENDING}")
    ranks = sorted(int(path.name.removesuffix(ENDING)) for path in there)
    records = {rank: read_json(attempt.rank_parts(rank)) or {} for rank in ranks}
    if not records:
        return {}
    first = records[ranks[0]]
    own = {f"rank {rank}": record.get("here") for rank, record in records.items()}
    return {"way": first.get("way"), "parameters": first.get("parameters"), **own}
