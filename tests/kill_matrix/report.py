"""What is printed of the cases, and written for whoever counts tests."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.etree.ElementTree import Element, ElementTree, SubElement

from kill_matrix.cases import Case


@dataclass(frozen=True)
class Result:
    case: Case
    wrong: list[str]
    notes: list[str]
    seconds: float
    skipped: str | None = None


def line(result: Result) -> None:
    """The case, as it ends."""
    mark = "–" if result.skipped else "✗" if result.wrong else "✓"
    notes = f"skipped: {result.skipped}" if result.skipped else "; ".join(result.notes)
    print(f"{mark} {result.case!s:<68} {result.seconds:6.1f} s  {notes}", flush=True)
    for wrong in result.wrong:
        print(f"    {wrong}", flush=True)


def summary(results: Sequence[Result]) -> None:
    lost = [result for result in results if result.wrong]
    skipped = [result for result in results if result.skipped]
    kinds = len({result.case for result in results})
    held = len(results) - len(lost) - len(skipped)
    told = f", {len(skipped)} skipped" if skipped else ""
    print(f"\n{kinds} cases, played {len(results)} times: {held} held, {len(lost)} did not{told}")


def write_junit(path: Path, results: Sequence[Result]) -> None:
    failed = sum(bool(result.wrong) for result in results)
    skipped = sum(bool(result.skipped) for result in results)
    counts = {"tests": len(results), "failures": failed, "errors": 0, "skipped": skipped}
    about = {name: str(count) for name, count in counts.items()}
    suite = Element("testsuite", {"name": "kill_matrix", **about})
    for result in results:
        case = {"classname": "kill_matrix", "name": str(result.case), "time": f"{result.seconds:.1f}"}
        element = SubElement(suite, "testcase", case)
        for wrong in result.wrong[:1]:
            SubElement(element, "failure").text = wrong
        if result.skipped:
            SubElement(element, "skipped", {"message": result.skipped})
    ElementTree(suite).write(path, encoding="utf-8", xml_declaration=True)
