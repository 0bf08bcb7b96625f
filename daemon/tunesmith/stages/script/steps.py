"""What counts as a step of a program that we know nothing of: torch's own hook on every optimizer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


class Steps:
    """Counts the optimizer steps of this process.

    With several optimizers a step begins when one of them steps that has stepped since the last one began.
    So a GAN counts the optimizer that steps most, an optimizer a parameter counts as one, and a second phase
    of training counts on. Accumulated gradients and steps that a loss scaler leaves out are no steps, because
    no optimizer is stepped.
    """

    def __init__(self, then: Callable[[int], None]) -> None:
        self.count = 0
        self._then = then
        self._since: set[int] = set()

    def watch(self, optimizers: Any) -> None:
        """`optimizers` is the module `torch.optim.optimizer`."""
        optimizers.register_optimizer_step_post_hook(self.stepped)

    def stepped(self, optimizer: Any, args: Any, kwargs: Any) -> None:
        """Reads nothing of the optimizer, so that no device is waited for."""
        one = id(optimizer)
        if self._since and one not in self._since:
            self._since.add(one)
            return
        self._since = {one}
        self.count += 1
        self._then(self.count)

    stepped._torchdynamo_disable = True  # type: ignore[attr-defined]  # A compiled step calls it as it is.
