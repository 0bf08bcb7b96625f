"""The files that a recipe names, where they are known to exist."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from tunesmith.core.path import RecipePath
from tunesmith.facts.names import DEEPSPEED_FILE, MODEL, TARGET_FILE, TRAIN_FILE, VALIDATION_FILE
from tunesmith.rules.check import Report
from tunesmith.syntax.tree import Range, Scalar


@dataclass(frozen=True)
class Link:
    range: Range
    target: Path


def links(report: Report) -> list[Link]:
    """Data files open themselves, a model folder its config.json."""
    facts = report.facts
    targets: dict[RecipePath, Path] = {}
    for path, fact in ((("data", "train"), TRAIN_FILE), (("data", "validation"), VALIDATION_FILE)):
        found = facts.get(fact)
        if found is not None and found.exists:
            targets[path] = found.path
    model = facts.get(MODEL)
    if model is not None and model.has_config:
        targets[("model", "name_or_path")] = model.path / "config.json"
    deepspeed = facts.get(DEEPSPEED_FILE)
    if deepspeed is not None and deepspeed.exists:
        targets[("deepspeed",)] = deepspeed.path
    profile = facts.get(TARGET_FILE)
    if profile is not None and profile.target is not None:
        targets[("target",)] = profile.path
    found_links: list[Link] = []
    for path, target in targets.items():
        node = report.tree.node(path)
        if isinstance(node, Scalar):
            found_links.append(Link(node.range, target))
    return found_links
