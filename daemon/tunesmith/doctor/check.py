"""All rows about a folder: what `tunesmith doctor` prints and Check Environment shows."""

from __future__ import annotations

from tunesmith.doctor.observe import Asked, Observed, observe
from tunesmith.doctor.row import Row
from tunesmith.doctor.rows_machine import ROWS as OF_MACHINE
from tunesmith.doctor.rows_python import ROWS as OF_PYTHON

TABLE = (*OF_PYTHON, *OF_MACHINE)


def check(asked: Asked) -> list[Row]:
    return rows(observe(asked))


def rows(observed: Observed) -> list[Row]:
    """Pure. A function that has nothing to say about this machine says nothing."""
    return [row for make in TABLE for row in make(observed)]
