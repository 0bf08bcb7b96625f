"""The Accelerators that a program makes."""

from __future__ import annotations

import functools
import weakref
from typing import Any


class Accelerators:
    """Knows them from when they are made, and keeps none of them alive."""

    def __init__(self) -> None:
        self._made: list[weakref.ref[Any]] = []

    def watch(self, module: Any) -> None:
        """`module` is `accelerate.accelerator`."""
        make = module.Accelerator.__init__

        @functools.wraps(make)
        def made(accelerator: Any, *args: Any, **kwargs: Any) -> None:
            make(accelerator, *args, **kwargs)
            self._made.append(weakref.ref(accelerator))

        module.Accelerator.__init__ = made

    def prepared(self) -> Any | None:
        """The latest whose `save_state` would save a model: one that was given a model to prepare."""
        for reference in reversed(self._made):
            accelerator = reference()
            if accelerator is not None and getattr(accelerator, "_models", None):
                return accelerator
        return None
