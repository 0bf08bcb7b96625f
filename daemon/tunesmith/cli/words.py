"""Numbers and states as people read them."""

from __future__ import annotations

from tunesmith.runs.view import RankView, ResumedView, RunView


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
    """`842 of 1,250`, or `842` of a script whose end nobody knows; empty before the first."""
    if view.total_steps is None:
        return f"{view.step:,}" if view.step else ""
    return f"{view.step:,} of {view.total_steps:,}"


def pace(view: RunView) -> str:
    """`12 steps/s`, `3.2 s a step`; empty when unknown."""
    rate = view.steps_per_second
    if not rate:
        return ""
    return f"{rate:.3g} steps/s" if rate >= 1 else f"{1 / rate:.3g} s a step"


def stopping(view: RunView) -> str:
    """What Ctrl-C does to a run that goes on; empty while that is not known."""
    return {
        "checkpoint": "Ctrl-C saves a checkpoint and stops.",
        "signal": "Ctrl-C sends the script a SIGTERM, which it handles itself.",
        "nothing": "Ctrl-C stops and saves nothing: the script uses neither Accelerator nor Trainer and "
        "handles no SIGTERM.",
    }.get(view.stop or "", "")


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


def rank(view: RankView) -> str:
    """`rank 1   pid 4242   180 % CPU · 1.4 GB`, or what became of it."""
    return f"rank {view.number:<3} pid {view.pid:<8} {uses(view) if view.alive else ended(view)}"


def uses(view: RankView) -> str:
    gpu = None if view.gpu_memory is None else f"{gigabytes(view.gpu_memory)} of GPU memory"
    parts = (percent(view.cpu_percent, "CPU"), gigabytes(view.memory), percent(view.gpu_percent, "GPU"), gpu)
    return " · ".join(part for part in parts if part) or "running"


def ended(view: RankView) -> str:
    return view.error or {"gone": "ended without a word"}.get(view.outcome or "", view.outcome or "")


def percent(value: float | None, of: str) -> str:
    return "" if value is None else f"{value:.0f} % {of}"


def gigabytes(memory: int | None) -> str:
    return "" if memory is None else f"{memory / 1e9:.1f} GB"


def size(amount: float) -> str:
    """`812 B`, `4.2 kB`, `91.6 MB`, `11.2 GB`."""
    for unit in ("B", "kB", "MB"):
        if amount < 999.5:
            return f"{amount:.0f} B" if unit == "B" else f"{amount:.1f} {unit}"
        amount /= 1000
    return f"{amount:.1f} GB"


def runs(count: int) -> str:
    return "1 run" if count == 1 else f"{count:,} runs"


def resumed(view: ResumedView) -> str:
    """`from step 40, exact; 3 repeated logs came out the same`."""
    step = view.checkpoint if view.step is None else f"step {view.step:,}"
    parts = [f"from {step}{f', {view.label}' if view.label else ''}", view.reason]
    same = f"{view.replayed} repeated logs came out the same" if view.replayed else None
    return "; ".join(part for part in (*parts, same) if part)


def about(view: RunView) -> list[str]:
    """All about one run, in lines."""
    lines = [f"{view.id}  {view.name}", f"{state(view).capitalize()} at step {view.step:,}"]
    if view.message:
        lines += [view.message]
    lines += [f"Resumed {resumed(view.resumed)}"] if view.resumed else []
    lines += [f"Tags: {', '.join(view.tags)}"] if view.tags else []
    lines += [f"Note: {view.note}"] if view.note else []
    lines += [f"  {rank(each)}" for each in view.ranks]
    log = [f"Log: {view.log}"] if view.log else []
    return [*lines, *(f"Traceback: {each.traceback}" for each in view.ranks if each.traceback), *log]
