"""What a training takes of a device's memory, by stated formulas. Pure: numbers in, bytes out.

Sources, named at each formula:
- Rajbhandari et al. 2020, ZeRO (arXiv 1910.02054), section 3: model states and how the stages cut them.
- Korthikanti et al. 2022, Reducing Activation Recomputation (arXiv 2205.05198), section 4: activations.
- Dettmers et al. 2023, QLoRA (arXiv 2305.14314), section 3: the constants of quantized blocks.
- Dettmers et al. 2022, 8-bit Optimizers (arXiv 2110.02861): states of one byte.
- Hu et al. 2021, LoRA (arXiv 2106.09685): the size of an adapter.
- torch.optim: what its optimizers keep for each parameter.

Weights, gradients and optimizer states of a plain training are exact but for one number a tensor that counts
steps; activations are an estimate, and what a library's kernels and the allocator take comes on top.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

MOMENTS: Mapping[str, float] = {
    "adamw_torch": 2,
    "adamw_torch_fused": 2,
    "adamw_hf": 2,
    "adamw_torch_xla": 2,
    "paged_adamw_32bit": 2,
    "paged_adamw": 2,
    "sgd": 0,
    "adagrad": 1,
    "rmsprop": 1,
    "lion_32bit": 1,
}
"""Numbers that an optimizer keeps for each trained one, in the precision of the weights."""
BYTES: Mapping[str, float] = {
    "adamw_bnb_8bit": 2,
    "adamw_8bit": 2,
    "paged_adamw_8bit": 2,
    "lion_8bit": 1,
    "paged_lion_8bit": 1,
}
"""Bytes that an optimizer keeps for each trained number, whatever the precision of the weights."""
QUANTIZED: Mapping[int, float] = {4: 0.5 + 0.127 / 8, 8: 1.0}
"""Bytes of a weight in so many bits. QLoRA: 0.127 bits more for the constants of blocks, quantized too."""


@dataclass(frozen=True)
class States:
    """`trained` of `parameters` numbers are trained, each in `width` bytes; `frozen_width` is that of others.

    `stage` as ZeRO counts: 1 cuts the optimizer's states into `shares`, 2 gradients too, 3 weights too. A
    `master` copy in 32 bits is what DeepSpeed keeps beside weights of 16.
    """

    parameters: int
    trained: int
    width: float
    frozen_width: float
    optimizer: str
    stage: int = 0
    shares: int = 1
    master: bool = False


@dataclass(frozen=True)
class Layers:
    """What activations depend on. `tokens` are those of one row of the batch."""

    rows: int
    tokens: int
    hidden: int
    layers: int
    heads: int
    vocabulary: int
    width: int
    recomputed: bool = False
    """Gradient checkpointing."""
    whole_attention: bool = False
    """The matrix of all pairs of tokens is kept: `eager` attention."""
    every_token: bool = True
    """Whether there is an output for each token, as in a language model."""


@dataclass(frozen=True)
class Footprint:
    """Bytes on each device."""

    weights: float
    gradients: float
    optimizer: float
    activations: float | None = None

    @property
    def states(self) -> float:
        return self.weights + self.gradients + self.optimizer


def optimizer_bytes(optimizer: str, width: float) -> float | None:
    """For each trained number; None for an optimizer whose states are not plain."""
    if optimizer in BYTES:
        return BYTES[optimizer]
    return MOMENTS[optimizer] * width if optimizer in MOMENTS else None


def states(of: States) -> Footprint | None:
    """Weights, gradients and optimizer states: ZeRO, section 3, where the stages are cut by `shares`.

    With a master copy: 2 + 2 bytes for weights and gradients of 16 bits, and 4 + 4 + 4 for the copy and the
    two moments, the 16 bytes of that paper.
    """
    each = optimizer_bytes(of.optimizer, 4.0 if of.master else of.width)
    if each is None:
        return None
    copy = 4.0 if of.master else 0.0
    weights = of.trained * of.width + (of.parameters - of.trained) * of.frozen_width
    gradients, optimizer = of.trained * of.width, of.trained * (each + copy)
    return Footprint(
        weights / (of.shares if of.stage >= 3 else 1),
        gradients / (of.shares if of.stage >= 2 else 1),
        optimizer / (of.shares if of.stage >= 1 else 1),
    )


def activations(of: Layers) -> float:
    """Korthikanti et al., section 4, for 16 bits: 34 s·b·h a layer, and 5 a·s²·b where attention keeps its
    matrix; with recomputation 2 s·b·h a layer and one layer whole. A language model's outputs come on top:
    the numbers, their copy in 32 bits and its gradient. 32 bits take twice as much."""
    numbers = of.tokens * of.rows * of.hidden
    whole = 34.0 * numbers
    if of.whole_attention:
        whole += 5.0 * of.heads * of.tokens * of.tokens * of.rows
    kept = of.layers * 2.0 * numbers + whole if of.recomputed else of.layers * whole
    outputs = of.tokens * of.rows * of.vocabulary * (of.width + 8.0) if of.every_token else 0.0
    return kept * of.width / 2.0 + outputs


def adapter_parameters(shapes: Iterable[tuple[int, int]], rank: int) -> int:
    """LoRA, section 4.1: beside a matrix of n × m two of n × r and r × m."""
    return sum(rank * (rows + columns) for rows, columns in shapes)


def checkpoint_bytes(of: States, only_model: bool) -> float | None:
    """What a checkpoint takes on the disk, all ranks' parts together: trained weights (all of them where
    there is no adapter), and the optimizer's states unless only the model is saved."""
    each = optimizer_bytes(of.optimizer, 4.0 if of.master else of.width)
    if each is None and not only_model:
        return None
    copy = 4.0 if of.master else 0.0
    return of.trained * (of.width + (0.0 if only_model else (each or 0.0) + copy))
