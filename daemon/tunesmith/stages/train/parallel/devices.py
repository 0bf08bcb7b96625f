"""What accelerate must be told so that it shards a model over the ranks of a CPU."""

from __future__ import annotations

from accelerate import PartialState
from accelerate.utils import DistributedType


def count_ranks_as_devices() -> None:
    """On a CPU; nothing elsewhere. To be called before Trainer makes its Accelerator.

    Accelerate shards only where its distributed type names devices: CPU ranks under FSDP would become plain
    data-parallel ones without a word. Its sharding itself asks for no device.
    """
    state = PartialState()
    if state.distributed_type is DistributedType.MULTI_CPU:
        state._shared_state["distributed_type"] = DistributedType.MULTI_GPU
