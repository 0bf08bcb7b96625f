"""What the training makes of a row of data, as Markdown: learned tokens bold, cut ones struck out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

MOST = 300
"""Tokens that are shown of a row."""
SHOWN = {"\n": "↵", "\r": "␍", "\t": "⇥", " ": "·"}

PARTS = {
    "train": "trained on",
    "validation": "held back for evaluation",
    "test": "held out as test data",
    None: "not used: beyond `data.max_rows`",
}
LACKS = {
    "text": "There is no text in its column `{text}`, so no training sees this row.",
    "label": "There is no label in its column `{label}`, so no training sees this row.",
}


def describe_row(seen: Mapping[str, Any], row: int, recipe: str, columns: Mapping[str, str | None]) -> str:
    """`seen` is a `stages.train.lens.SeenRow` in plain values."""
    head = f"**Row {row + 1:,}** as `{recipe}` trains"
    lacks = seen["left_out"]
    if lacks is not None:
        return f"{head}\n\n{LACKS[lacks].format(**columns)}"
    return "\n\n".join([head, " · ".join(figures(seen)), tokens(seen)])


def figures(seen: Mapping[str, Any]) -> list[str]:
    fed, cut, longest = len(seen["tokens"]), len(seen["cut"]), seen["longest"]
    said = [f"{fed:,} tokens"]
    if seen["label"] is None:
        learned = sum(seen["supervised"])
        said.append(f"{learned:,} supervised ({_percent(learned, fed)})")
        said.append(f"joined with the other rows and cut into blocks of {longest:,}")
    else:
        said.append(f"label **{code(seen['label'])}**, learned from all of them")
        if cut:
            said.append(f"cut at {longest:,}: {cut:,} more are lost ({_percent(cut, fed + cut)})")
    said.append(PARTS[seen["part"]])
    return said


def tokens(seen: Mapping[str, Any]) -> str:
    learned: Sequence[bool] = seen["supervised"]
    fed = [
        f"**{code(one)}**" if is_learned else code(one)
        for one, is_learned in zip(seen["tokens"], learned, strict=True)
    ]
    lost = [f"~~{code(one)}~~" for one in seen["cut"]]
    every = [*lost, *fed] if seen["cut_left"] else [*fed, *lost]
    more = f" … {len(every) - MOST:,} more" if len(every) > MOST else ""
    return " ".join(every[:MOST]) + more


def code(token: str) -> str:
    """As code that no character of the token can end, with white space that can be seen."""
    shown = "".join(SHOWN.get(char, char) for char in token)
    longest = max((len(run) for run in _runs_of_ticks(shown)), default=0)
    fence = "`" * (longest + 1)
    space = " " if longest else ""
    return f"{fence}{space}{shown}{space}{fence}" if shown else "` `"


def _runs_of_ticks(text: str) -> Sequence[str]:
    return "".join(char if char == "`" else " " for char in text).split()


def _percent(part: int, whole: int) -> str:
    share = 100.0 * part / whole if whole else 0.0
    return f"{share:.3g} %"
