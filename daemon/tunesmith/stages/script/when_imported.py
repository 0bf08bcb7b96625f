"""Doing something once the program has imported a module, without importing it ourselves.

What the program does not import stays unimported, and what it sets before an import is still in time.
"""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable, Sequence
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

Use = Callable[[Any], None]


def when_imported(name: str, use: Use) -> None:
    """Call `use` with the module `name` as soon as it has been loaded, or now if it is. It never raises."""
    module = sys.modules.get(name)
    if module is not None:
        _use(use, module)
    else:
        _finder().waiting.setdefault(name, []).append(use)


class Finder:
    """The first finder there is: it asks the others, and steps aside when it waits for nothing more."""

    def __init__(self) -> None:
        self.waiting: dict[str, list[Use]] = {}

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if name not in self.waiting:
            return None
        uses = self.waiting.pop(name)
        if not self.waiting:
            sys.meta_path.remove(self)
        spec = importlib.util.find_spec(name)
        if spec is None or spec.loader is None:
            # It is not installed, or not yet: it may be looked for again.
            for use in uses:
                when_imported(name, use)
            return spec
        _after_loading(spec.loader, name, uses)
        return spec


def _finder() -> Finder:
    for finder in sys.meta_path:
        if isinstance(finder, Finder):
            return finder
    finder = Finder()
    sys.meta_path.insert(0, finder)
    return finder


def _after_loading(loader: Any, name: str, uses: list[Use]) -> None:
    """The loader stays the one that it is: others read sources and resources through it."""
    load = loader.exec_module

    def load_and_use(module: ModuleType) -> None:
        if module.__name__ != name:  # One loader may serve several modules.
            load(module)
            return
        del loader.exec_module
        load(module)
        for use in uses:
            _use(use, module)

    loader.exec_module = load_and_use


def _use(use: Use, module: ModuleType) -> None:
    try:
        use(module)
    except Exception as error:  # noqa: BLE001 - the program's import has succeeded
        print(f"tunesmith: {module.__name__} is not observed: {error!r}", file=sys.stderr, flush=True)
