"""What the validator catches, and what it keeps quiet of.

`npm run corpus [-- --cases DIR --clean DIR --json FILE]`
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from pathlib import Path

from corpus.cases import Outcome, cases_in, play
from corpus.clean import Checked, check_clean, clean_in

CORPUS = Path(__file__).parents[3] / "shared" / "corpus"
V1_GOAL, V2_GOAL = 0.95, 0.98


def main() -> None:
    parser = argparse.ArgumentParser(prog="npm run corpus --")
    parser.add_argument("--cases", type=Path, default=CORPUS / "cases")
    parser.add_argument("--clean", type=Path, default=CORPUS / "clean")
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    rows: list[dict[str, object]] = []
    if given.cases.is_dir():
        rows.append(caught(list(map(play, cases_in(given.cases)))))
    else:
        print(f"skipped: V1, as there is no folder {given.cases}")
    if given.clean.is_dir():
        rows += silent(list(map(check_clean, clean_in(given.clean))))
    else:
        print(f"skipped: V2, as there is no folder {given.clean}")
    if given.json:
        given.json.write_text(json.dumps(rows, indent=2) + "\n", encoding="utf-8")


def caught(outcomes: list[Outcome]) -> dict[str, object]:
    for outcome in outcomes:
        mark = "✓" if outcome.is_caught else "✗"
        about = ", ".join(outcome.codes) or f"missed, read as: {outcome.recognised}"
        loud = f"; the twin is not silent: {', '.join(outcome.loud)}" if outcome.loud else ""
        print(f"{mark} {outcome.case.name:<26} {'' if outcome.case.is_strong else '(weak) '}{about}{loud}")
    strong = [outcome for outcome in outcomes if outcome.case.is_strong]
    weak = [outcome for outcome in outcomes if not outcome.case.is_strong]
    print(f"\nV1: {_share(strong)} strong cases caught, their twins silent (goal {V1_GOAL:.0%})")
    print(f"    {_share(weak)} weak ones")
    by_rule = Counter(code for outcome in outcomes if outcome.is_caught for code in outcome.codes)
    print("    by rule: " + ", ".join(f"{code} {count}" for code, count in by_rule.most_common()))
    value = sum(outcome.is_caught for outcome in strong) / max(len(strong), 1)
    return {"id": "V1", "what": "strong cases caught, twins silent", "value": value, "goal": V1_GOAL}


def silent(checked: list[Checked]) -> list[dict[str, object]]:
    meant = [one for one in checked if one.file.is_meant]
    wrong = [one for one in meant if one.errors]
    for one in wrong:
        print(f"✗ {one.file.path.name}: " + "; ".join(one.errors))
    known = [one for one in meant if one.recognised is one.file.expected]
    for one in meant:
        if one.recognised is not one.file.expected:
            taken = one.recognised.value if one.recognised else "nothing that is known"
            print(f"✗ {one.file.path.name} ({one.file.kind}) is taken for {taken}")
    errors = sum(len(one.errors) for one in wrong)
    print(f"\nV2: {errors} false errors in {len(meant)} working files (goal 0)")
    print(f"    {len(known)}/{len(meant)} recognised as what they are (goal {V2_GOAL:.0%})")
    ran = Counter(one.rules_run for one in meant if one.file.expected is not None)
    counts = ", ".join(f"{rules} in {files} files" for rules, files in sorted(ran.items()))
    print(f"    rules that ran: {counts}")
    return [
        {"id": "V2", "what": "false errors", "value": errors, "goal": 0},
        {"id": "V2", "what": "recognised", "value": len(known) / max(len(meant), 1), "goal": V2_GOAL},
    ]


def _share(outcomes: list[Outcome]) -> str:
    return f"{sum(outcome.is_caught for outcome in outcomes)}/{len(outcomes)}"


if __name__ == "__main__":
    main()
