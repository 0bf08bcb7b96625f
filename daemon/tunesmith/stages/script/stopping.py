"""How a program that knows nothing of us is stopped, and what that saves.

Whoever can save best is asked: transformers' Trainer, accelerate's Accelerator, the program's own handler of
SIGTERM. A program with none of them is ended.
"""

from __future__ import annotations

import signal
import sys
from pathlib import Path

from tunesmith.core.context import Context
from tunesmith.core.run import Phase, Promise
from tunesmith.stages.script.accelerators import Accelerators


class Stopped(BaseException):
    """Ends the program because a stop was asked for.

    It is no `Exception`: a program that catches those and goes on is ended all the same, its `finally` run.
    """


class Stopping:
    """Listens to the steps, says what a stop would save, and stops.

    It acts before a step: all that belongs to the step before is done then, in whatever order the program
    does it. A checkpoint between `optimizer.step()` and `scheduler.step()` would not fit together.
    """

    def __init__(self, context: Context, accelerators: Accelerators) -> None:
        self.training = False
        """Whether a Trainer is in its loop: it counts its steps and asks whether to stop by itself."""
        self.signalled = False
        """Whether the program was sent a SIGTERM."""
        self._context = context
        self._accelerators = accelerators
        self._handler = signal.getsignal(signal.SIGTERM)
        self._promised: Promise | None = None
        self._step = 0
        self._saved = False

    def before_step(self) -> None:
        if self.training:
            return
        self.promise(self._best())
        if self._context.stop_requested():
            self._stop()

    def after_step(self, step: int) -> None:
        if not self.training:
            self._step = step
            self._context.progress(Phase.TRAINING, step=step)

    def promise(self, stop: Promise) -> None:
        """Say what a stop would save, if that is new."""
        if stop is not self._promised:
            self._promised = stop
            self._context.promise(stop)

    def _best(self) -> Promise:
        if self._accelerators.prepared() is not None:
            return Promise.CHECKPOINT
        handler = signal.getsignal(signal.SIGTERM)
        return Promise.SIGNAL if callable(handler) and handler is not self._handler else Promise.NOTHING

    def _stop(self) -> None:
        if self._promised is Promise.SIGNAL:
            if not self.signalled:
                self.signalled = True
                say(f"stopping after step {self._step}: the program handles SIGTERM, and gets one")
                signal.raise_signal(signal.SIGTERM)
            return
        accelerator = self._accelerators.prepared()
        if accelerator is not None and not self._saved:
            self._saved = True
            self._context.progress(Phase.SAVING, step=self._step)
            place = self._context.checkpoints / f"step-{self._step}"
            # With several ranks all of them come here before the same step, as saving together needs.
            saved = accelerator.save_state(str(place))
            self._context.artifact("checkpoint", Path(saved or place), step=self._step)
        say(f"stopped after step {self._step}")
        raise Stopped


def say(text: str) -> None:
    """A line for this rank's log."""
    print(f"tunesmith: {text}", file=sys.stderr, flush=True)
