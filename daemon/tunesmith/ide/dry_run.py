"""What a dry run has seen, as a Markdown page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from tunesmith.ide.inlay import size
from tunesmith.ide.row import code

MOST_TOKENS = 200


def page(name: str, seen: Mapping[str, Any]) -> str:
    """`seen` is what `stages.train.dry_run` writes."""
    rows = "\n".join(f"| {what} | {found} |" for what, found in figures(seen))
    shapes = "\n".join(
        f"| `{tensor}` | {' × '.join(f'{side:,}' for side in shape)} |"
        for tensor, shape in seen.get("shapes", {}).items()
    )
    parts = [
        f"# Dry run of {name}",
        "One step was made on a slice of the data. Nothing was kept.",
        f"| | |\n|:--|--:|\n{rows}",
        f"## Shapes\n\n| | |\n|:--|--:|\n{shapes}" if shapes else "",
        "\n\n".join(["## First batch", *batch(seen.get("rows", []))]) if seen.get("rows") else "",
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def figures(seen: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if "loss" in seen:
        yield "Loss", f"{seen['loss']:.4g}"
    if "step_seconds" in seen:
        yield "First step, with what is set up once", f"{seen['step_seconds']:.3g} s"
    yield (
        "Device",
        f"{seen['device']}, {seen['world_size']} of them" if seen["world_size"] > 1 else seen["device"],
    )
    trained, every = seen["trainable_parameters"], seen["parameters"]
    yield "Parameters that are trained", f"{trained:,} of {every:,}"
    for key, what in (("weights", "Weights"), ("gradients", "Gradients"), ("optimizer", "Optimizer states")):
        if seen.get(key):
            yield what, size(seen[key])
    if "peak_gpu_memory" in seen:
        yield "Most GPU memory", size(seen["peak_gpu_memory"])
    yield "Most memory of the process, libraries included", size(seen["peak_memory"])


def batch(rows: list[Mapping[str, Any]]) -> Iterator[str]:
    """Learned tokens bold."""
    yield (
        "Bold tokens are supervised: the loss looks at them."
        if any(any(row["supervised"]) for row in rows)
        else "The label of a row is learned from all of its tokens."
    )
    for number, row in enumerate(rows, 1):
        said = [f"{len(row['tokens']):,} tokens"]
        if row["padding"]:
            said.append(f"{row['padding']:,} of padding")
        if "label" in row:
            said.append(f"label **{code(row['label'])}**")
        else:
            learned = sum(row["supervised"])
            said.append(f"{learned:,} supervised")
        shown = [
            f"**{code(token)}**" if learned else code(token)
            for token, learned in zip(row["tokens"], row["supervised"], strict=True)
        ]
        more = f" … {len(shown) - MOST_TOKENS:,} more" if len(shown) > MOST_TOKENS else ""
        yield f"### Row {number}: {', '.join(said)}"
        yield " ".join(shown[:MOST_TOKENS]) + more
