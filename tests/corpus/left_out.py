"""Cases that are plainly wrong for their versions: by id, with what is wrong, which the report prints."""

from __future__ import annotations

from collections.abc import Mapping

LEFT_OUT: Mapping[str, str] = {}
