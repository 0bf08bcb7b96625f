"""Codes 0xx: what is wrong with a file as YAML and with its shape, whatever it says. One row each."""

from __future__ import annotations

from dataclasses import dataclass

from tunesmith.core.finding import Severity


@dataclass(frozen=True)
class Code:
    """`message` is a `str.format` template of the finding's arguments; `documentation` is its page."""

    code: str
    name: str
    severity: Severity
    message: str
    documentation: str


CODES: tuple[Code, ...] = (
    Code(
        "TN001",
        "not-yaml",
        Severity.ERROR,
        "This is not valid YAML: {reason}",
        "The line cannot be read. All other lines are still checked.",
    ),
    Code(
        "TN002",
        "tab-indentation",
        Severity.ERROR,
        "YAML is indented with spaces; this line starts with a tab",
        "YAML 1.2 forbids tabs in indentation. Replace the tab by spaces.",
    ),
    Code(
        "TN003",
        "duplicate-key",
        Severity.ERROR,
        "{key} stands here twice; first on line {line}",
        "Keys of a mapping are unique. Loaders differ in which of the two they take.",
    ),
    Code(
        "TN004",
        "unknown-alias",
        Severity.ERROR,
        "No anchor &{name} stands before this alias",
        "An alias `*name` repeats the value that was marked with `&name` further up.",
    ),
    Code(
        "TN005",
        "several-documents",
        Severity.WARNING,
        "A recipe is one YAML document; what follows this line is not read",
        "Everything after the second `---` is ignored. Put each recipe in a file of its own.",
    ),
    Code(
        "TN006",
        "suppression-without-reason",
        Severity.HINT,
        "Say why: # tunesmith: ignore CODE because …",
        "A comment silences a finding and does not say why: nobody can tell later whether it still holds.",
    ),
    Code(
        "TN007",
        "idle-suppression",
        Severity.HINT,
        "Nothing is silenced here: {codes}",
        "A comment silences a finding that is not there any more, or stands on another line. Take it out.",
    ),
    Code(
        "TN010",
        "unknown-key",
        Severity.ERROR,
        "{key} is not a key of {section}{hint}",
        "The key is not part of the recipe language: a typing error, or a key of another section.",
    ),
    Code(
        "TN011",
        "missing-key",
        Severity.ERROR,
        "{section} needs {keys}",
        "Without this key the stage cannot run.",
    ),
    Code(
        "TN012",
        "wrong-type",
        Severity.ERROR,
        "{key} is {expected}, not {found}",
        "The value has another type than the key takes.",
    ),
    Code(
        "TN013",
        "bad-choice",
        Severity.ERROR,
        "{value} is not a choice of {key}{hint}",
        "Only the named values are understood.",
    ),
    Code(
        "TN014",
        "expected-mapping",
        Severity.ERROR,
        "{key} is a section with keys of its own, not {found}",
        "Write the keys of the section on lines of their own, indented by two spaces.",
    ),
)

BY_CODE = {row.code: row for row in CODES}
