"""A target profile on disk: YAML or JSON, read in a bounded time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from tunesmith.facts.document import read_document
from tunesmith.facts.target import NotATarget, Target, read_target
from tunesmith.syntax.loaders import as_read
from tunesmith.syntax.parse import parse
from tunesmith.syntax.tree import Tree, plain


@dataclass(frozen=True)
class TargetFile:
    """`target` is None for what is no profile; `problem` completes "FILE: …"."""

    path: Path
    target: Target | None
    problem: str = ""


def read_target_file(path: Path) -> TargetFile:
    """Never raises."""
    document = read_document(path)
    if document.text is None:
        return TargetFile(path, None, document.problem)
    tree = parse(document.text)
    values = plain(tree.root)
    if not isinstance(values, Mapping) or tree.problems:
        return TargetFile(path, None, "it is no mapping of YAML or JSON")
    try:
        return TargetFile(path, read_target({**cast(Mapping[str, Any], values), **_packages(tree)}))
    except NotATarget as error:
        return TargetFile(path, None, str(error))


def _packages(tree: Tree) -> Mapping[str, Any]:
    """The versions as they are written: 4.10 is no number."""
    values = plain(as_read(tree, str).root)
    return {"packages": values["packages"]} if "packages" in values else {}
