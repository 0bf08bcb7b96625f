"""Run the user's own script or module, unchanged, and see what it does."""

from __future__ import annotations

from pathlib import Path

from tunesmith.core.context import Context
from tunesmith.core.run import Phase
from tunesmith.stages.script.arguments import arguments
from tunesmith.stages.script.config import ScriptStage
from tunesmith.stages.script.program import run_module, run_script
from tunesmith.stages.script.steps import Steps
from tunesmith.stages.script.when_imported import when_imported


def main(config: ScriptStage, context: Context) -> None:
    steps = Steps(lambda count: context.progress(Phase.TRAINING, step=count))
    when_imported("torch.optim.optimizer", steps.watch)
    line = arguments(config.args, context.folder)
    if config.script is not None:
        run_script(Path(config.script), line)
    elif config.module is not None:
        run_module(config.module, line)
