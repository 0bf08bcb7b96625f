"""What is printed of the cases, and written for whoever counts tests."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

from kill_matrix.cases import Case


@dataclass(frozen=True)
class Result:
    case: Case
    wrong: list[str]
    notes: list[str]
    seconds: float


def line(result: Result) -> None:
    """The case, as it ends."""
    mark = "✗" if result.wrong else "✓"
    print(f"{mark} {result.case!s:<58} {result.seconds:6.1f} s  {'; '.join(result.notes)}", flush=True)
    for wrong in result.wrong:
        print(f"    {wrong}", flush=True)


def summary(results: Sequence[Result]) -> None:
    lost = [result for result in results if result.wrong]
    kinds = len({result.case for result in results})
    print(
        f"\n{kinds} cases, played {len(results)} times: {len(results) - len(lost)} held, {len(lost)} did not"
    )


def write_junit(path: Path, results: Sequence[Result]) -> None:
    cases = "".join(
        f"<testcase classname='kill_matrix' name={quoteattr(str(result.case))} time='{result.seconds:.1f}'>"
        + "".join(f"<failure>{escape(wrong)}</failure>" for wrong in result.wrong[:1])
        + "</testcase>"
        for result in results
    )
    failed = sum(bool(result.wrong) for result in results)
    suite = (
        f"<testsuite name='kill_matrix' tests='{len(results)}' failures='{failed}' errors='0' skipped='0'>"
    )
    path.write_text(f"<testsuites>{suite}{cases}</testsuite></testsuites>\n", encoding="utf-8")
