"""What counts as a step of a program that we know nothing of: torch's own hooks on every optimizer."""

from __future__ import annotations

from typing import Any, Protocol


class Listener(Protocol):
    def before_step(self) -> None: ...

    def after_step(self, step: int) -> None: ...


class Steps:
    """Counts the optimizer steps of this process.

    With several optimizers a step begins when one of them steps that has stepped since the last one began.
    So a GAN counts the optimizer that steps most, an optimizer a parameter counts as one, and a second phase
    of training counts on. Accumulated gradients and steps that a loss scaler leaves out are no steps, because
    no optimizer is stepped.

    Nothing is read of an optimizer or its tensors, so that no device is waited for.
    """

    def __init__(self, listener: Listener, done: int = 0) -> None:
        """`done` steps stand in the checkpoint that the program goes on from."""
        self.count = done
        self._listener = listener
        self._stepped: set[int] = set()

    def watch(self, module: Any) -> None:
        """`module` is `torch.optim.optimizer`."""
        module.register_optimizer_step_pre_hook(self.before)
        module.register_optimizer_step_post_hook(self.after)

    def before(self, optimizer: Any, args: Any, kwargs: Any) -> None:
        if not self._stepped or id(optimizer) in self._stepped:
            self._stepped.clear()
            self._listener.before_step()

    def after(self, optimizer: Any, args: Any, kwargs: Any) -> None:
        first = not self._stepped
        self._stepped.add(id(optimizer))
        if first:
            self.count += 1
            self._listener.after_step(self.count)

    # A compiled training step calls them as they are.
    before._torchdynamo_disable = True  # type: ignore[attr-defined]
    after._torchdynamo_disable = True  # type: ignore[attr-defined]
