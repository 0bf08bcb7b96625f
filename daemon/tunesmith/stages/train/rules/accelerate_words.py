"""Words that accelerate takes in its config file."""

from __future__ import annotations

FLAGS = frozenset(("y", "yes", "t", "true", "on", "1", "n", "no", "f", "false", "off", "0"))
WRAPS = ("TRANSFORMER_BASED_WRAP", "SIZE_BASED_WRAP", "NO_WRAP")
STATE_DICTS = ("FULL_STATE_DICT", "LOCAL_STATE_DICT", "SHARDED_STATE_DICT")
COMPILERS = frozenset(
    (
        "AOT_CUDAGRAPHS",
        "AOT_EAGER",
        "AOT_NVFUSER",
        "AOT_TORCHXLA_TRACE_ONCE",
        "AOT_TS_NVFUSER",
        "CUDAGRAPHS",
        "EAGER",
        "FX2TRT",
        "HPU_BACKEND",
        "INDUCTOR",
        "IPEX",
        "NEURON",
        "NO",
        "NVFUSER",
        "NVPRIMS_NVFUSER",
        "OFI",
        "ONNXRT",
        "TENSORRT",
        "TORCHXLA_TRACE_ONCE",
        "TVM",
    )
)
"""The backends of torch.compile that accelerate knew in any release."""
