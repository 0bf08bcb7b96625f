"""What the loader of somebody else's file makes of its text: keys that stand twice, tabs, broken lines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from tunesmith.core.finding import Finding, Severity
from tunesmith.core.path import RecipePath
from tunesmith.dialects.reading import Reading
from tunesmith.dialects.recognise import JSON, Dialect
from tunesmith.facts.release import before
from tunesmith.syntax.codes import BY_CODE
from tunesmith.syntax.tree import Problem, Range, Tree

TWICE = "TN003"
# Several documents in one file are one document to a loader of the first, and an error to others.
SHOWN = ("TN001", "TN002", TWICE, "TN004")


def text_problems(
    reading: Reading, versions: Mapping[str, str]
) -> Iterator[tuple[Finding, Path, RecipePath, Range]]:
    """Each with its document, the path of what it is about and what to underline."""
    for document, tree in reading.documents.items():
        for problem in tree.problems:
            is_json = document.suffix.lower() in JSON
            if problem.code in SHOWN and (problem.code == TWICE or not is_json):
                path = _path(tree, problem)
                severity = _severity(problem, reading.dialect, document == reading.file, versions)
                yield Finding(problem.code, severity, path, problem.arguments), document, path, problem.range


def _severity(problem: Problem, dialect: Dialect, is_first: bool, versions: Mapping[str, str]) -> Severity:
    """PyYAML and json take the last of two keys, without a word. OmegaConf, which reads LLaMA-Factory's files
    since 0.9.3, ends with a ConstructorError: found duplicate key."""
    if problem.code != TWICE:
        return BY_CODE[problem.code].severity
    strict = dialect is Dialect.LLAMA_FACTORY and before(versions, "llamafactory", (0, 9, 3)) is False
    return Severity.ERROR if strict and is_first else Severity.WARNING


def _path(tree: Tree, problem: Problem) -> RecipePath:
    return tree.path_at(problem.range.start)
