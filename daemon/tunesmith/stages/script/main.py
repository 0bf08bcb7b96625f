"""Run the user's own script or module, unchanged, and see what it does.

Nothing of torch, accelerate or transformers is imported here: what the program imports is looked into when it
does, and what it sets up before stays in time.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from tunesmith.core.attempts import read_plan
from tunesmith.core.context import Context
from tunesmith.stages.script import event_files
from tunesmith.stages.script.accelerators import Accelerators
from tunesmith.stages.script.arguments import arguments
from tunesmith.stages.script.config import RESUME_VARIABLE, ScriptStage
from tunesmith.stages.script.program import run_module, run_script
from tunesmith.stages.script.steps import Steps
from tunesmith.stages.script.stopping import Stopped, Stopping
from tunesmith.stages.script.when_imported import when_imported


def main(config: ScriptStage, context: Context) -> None:
    if config.script is not None and config.module is not None:
        raise ValueError("script and module are both set: a run runs one of them")
    stopping = observe(context)
    line = arguments(config.args, context.folder, context.resume_from)
    if context.resume_from is not None:
        os.environ[RESUME_VARIABLE] = str(context.resume_from)
    try:
        if config.script is not None:
            run_script(Path(config.script), line)
        elif config.module is not None:
            run_module(config.module, line)
    except Stopped:
        return
    except (KeyboardInterrupt, SystemExit):
        # However it answers the SIGTERM that was sent to stop it, it has ended as it was asked to.
        if not stopping.signalled:
            raise


def observe(context: Context) -> Stopping:
    """Everything that is looked at. It costs nothing until the program imports what it is about."""
    accelerators = Accelerators()
    stopping = Stopping(context, accelerators)

    def join_trainers(module: Any) -> None:
        from tunesmith.stages.script.reporter import ScriptReporter

        module.DEFAULT_CALLBACKS.append(ScriptReporter(context, stopping))

    plan = read_plan(context.attempt)
    done = 0 if plan is None or plan.resume_from is None else plan.step or 0
    when_imported("torch.optim.optimizer", Steps(stopping, done).watch)
    when_imported("accelerate.accelerator", accelerators.watch)
    when_imported("transformers.trainer", join_trainers)
    event_files.watch(context.events_elsewhere, ours=context.events)
    return stopping
