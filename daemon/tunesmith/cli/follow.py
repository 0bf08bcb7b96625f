"""Following a run from the terminal until it ends. Ctrl-C asks it to stop; a second one ends it at once."""

from __future__ import annotations

import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.live import Live
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn
from rich.text import Text

from tunesmith.cli import wire, words
from tunesmith.cli.looks import looks
from tunesmith.core.layout import RunFolder
from tunesmith.runs import control
from tunesmith.runs.view import RunView

BY = "Ctrl-C in the terminal"


def follow(run: RunFolder) -> RunView:
    """Show a bar on a terminal, a line now and then elsewhere; say at the end how it went."""
    console = Console()
    console.print(Text(f"Run {run.id}  ({run.path})"))
    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TextColumn("{task.fields[told]}", markup=False),
        console=console,
    )
    task = bar.add_task("queued", total=None, told="")
    stop = ""

    def show(view: RunView) -> None:
        nonlocal stop
        if view.state == "running" and words.stopping(view) != stop:
            stop = words.stopping(view)
            console.print(Text(stop))
        bar.update(
            task, description=words.state(view), completed=view.step, total=view.total_steps, told=told(view)
        )

    with Live(bar, console=console, refresh_per_second=8, transient=True):
        view = until_ended(run, show)
    console.print(Text(summary(view)))
    return view


def follow_as_json(run: RunFolder) -> RunView:
    return until_ended(run, lambda view: print(wire.to_json(view), flush=True))


def until_ended(run: RunFolder, show: Callable[[RunView], None]) -> RunView:
    """Call `show` at every change; the last view is that of the end."""
    shown: RunView | None = None
    with interrupts() as pressed:
        heard = 0
        for view in looks(run):
            if shown is None or not view.looks_like(shown):
                show(view)
            shown = view
            if pressed() > heard:
                heard = pressed()
                ask_to_stop(run, force=heard > 1)
    assert shown is not None, "there is at least one look"
    return shown


@contextmanager
def interrupts() -> Iterator[Callable[[], int]]:
    """How often Ctrl-C was pressed so far. It interrupts nothing: one that comes while another one is being
    answered must not end this process in the middle of that."""
    count = 0

    def hear(number: int, frame: object) -> None:
        nonlocal count
        count += 1

    before = signal.signal(signal.SIGINT, hear)
    try:
        yield lambda: count
    finally:
        signal.signal(signal.SIGINT, before)


def ask_to_stop(run: RunFolder, force: bool) -> None:
    try:
        control.stop(run, force, BY)
    except (control.NotStarted, OSError, ValueError) as error:
        print(f"{run.id} could not be asked to stop: {error}", file=sys.stderr)


def told(view: RunView) -> str:
    left = words.duration(view.seconds_left)
    parts = (
        view.job or "",
        (view.message or "") if view.state == "queued" else "",
        f"step {words.steps(view)}" if words.steps(view) else "",
        words.pace(view) if view.total_steps is None else "",
        f"loss {words.number(view.loss)}" if view.loss is not None else "",
        f"eval_f1 {words.number(view.metrics['eval_f1'])}" if "eval_f1" in view.metrics else "",
        f"{left} left" if view.seconds_left else "",
        f"{view.world_size} ranks" if (view.world_size or 1) > 1 else "",
    )
    return " · ".join(part for part in parts if part)


def summary(view: RunView) -> str:
    ended = words.duration((view.ended or time.time()) - view.created)
    lines = [f"{words.state(view).capitalize()} after {ended}. {words.metrics(view)}".rstrip(" .") + "."]
    if view.message:
        lines += [view.message]
    if view.cause != "finished" and len(view.ranks) > 1:
        lines += [f"  {words.rank(rank)}" for rank in view.ranks]
    if view.cause != "finished" and view.log:
        lines += [f"Log: {view.log}"]
    return "\n".join(lines)
