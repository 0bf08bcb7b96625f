"""Numbers and states as people read them."""

from __future__ import annotations

from tunesmith.runs.view import RunView


def state(view: RunView) -> str:
    """`training`, `finished`, `lost` …: the one word that says most."""
    if view.state == "running":
        return f"{view.phase}{'' if view.supervised else ', unsupervised'}"
    return view.cause or view.state


def duration(seconds: float | None) -> str:
    """`4 min 07 s`; empty when unknown."""
    if seconds is None:
        return ""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes:02} min"
    return f"{minutes} min {rest:02} s" if minutes else f"{rest} s"


def steps(view: RunView) -> str:
    if view.total_steps is None:
        return ""
    return f"{view.step:,} of {view.total_steps:,}"


def number(value: float | None) -> str:
    return "" if value is None else f"{value:.4g}"


def metrics(view: RunView) -> str:
    return ", ".join(f"{name} {number(value)}" for name, value in view.metrics.items())


def scores(view: RunView) -> str:
    """The latest evaluation for a narrow column: what a higher value is better of, without the prefix."""
    found = {
        name.removeprefix("eval_"): value for name, value in view.metrics.items() if not name.endswith("loss")
    }
    return ", ".join(f"{name} {value:.3f}" for name, value in sorted(found.items(), reverse=True))
