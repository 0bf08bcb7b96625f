"""What a run was made from, kept with it: its code and its data. Packages and machine: `environment`."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from tunesmith.core.files import write_passing
from tunesmith.core.layout import RunFolder
from tunesmith.runs import record_data
from tunesmith.runs.record_data import DataReading, named_data
from tunesmith.runs.source import source_of


def record_origin(
    run: RunFolder, config: Any, folder: Path, environment: Mapping[str, str] = os.environ
) -> None:
    """Write source.json, source.patch and data.json of a run whose stage has `config`, from the recipe's
    `folder`. The data is read while git is asked."""
    reading = DataReading(named_data(config, folder), environment)
    if found := source_of(folder):
        source, patch = found
        write_passing(run.source, asdict(source))
        if patch:
            run.patch.write_bytes(patch)
    write_passing(run.data, reading.result(record_data.LIMIT))
