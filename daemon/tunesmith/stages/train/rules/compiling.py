"""Rules about the words that torch.compile is told."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from tunesmith.core.fact import Facts
from tunesmith.core.finding import Finding, Fix, SetValue, Severity
from tunesmith.core.nearest import nearest
from tunesmith.core.rule import rule

if TYPE_CHECKING:
    from tunesmith.stages.recipe import Recipe

INDUCTOR = "inductor"
MODES = ("default", "lite", "reduce-overhead", "max-autotune", "max-autotune-no-cudagraphs")
"""torch/_inductor, list_mode_options, of all releases; of other backends the modes are not known."""
BACKENDS = (
    *("no", "eager", "aot_eager", "inductor", "nvfuser", "aot_nvfuser", "aot_cudagraphs", "aot_ts_nvfuser"),
    *("nvprims_nvfuser", "cudagraphs", "ofi", "fx2trt", "onnxrt", "tensorrt", "ipex", "tvm", "hpu_backend"),
    *("torchxla_trace_once", "aot_torchxla_trace_once", "neuron"),
)
"""accelerate, DynamoBackend, of all releases; in capitals or not."""


@rule("TN630", Severity.ERROR, "{word} is no {what} of torch.compile{hint}")
def compiled_by_an_unknown_word(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """`torch_compile_mode` or `torch_compile_backend` is a word that nobody knows.

    Why: the words are looked up once the model is loaded and prepared.
    Library: torch: RuntimeError, Unrecognized mode=…, should be one of: …; accelerate: ValueError, … is not a
    valid DynamoBackend.
    Flags:
        train: {torch_compile_mode: max_autotune}
        ---
        train: {torch_compile: true, torch_compile_backend: inducter}
    Accepts:
        train: {torch_compile_mode: max-autotune, torch_compile_backend: INDUCTOR}
        ---
        train: {torch_compile_backend: tensorrt, torch_compile_mode: fastest}
    """
    backend = recipe.train.get("torch_compile_backend")
    mode = recipe.train.get("torch_compile_mode")
    if isinstance(backend, str) and backend.lower() not in BACKENDS:
        yield _unknown("torch_compile_backend", "backend", backend, BACKENDS)
    inductor = backend is None or (isinstance(backend, str) and backend.lower() == INDUCTOR)
    if isinstance(mode, str) and inductor and mode not in MODES:
        yield _unknown("torch_compile_mode", "mode", mode, MODES)


def _unknown(key: str, what: str, word: str, words: Iterable[str]) -> Finding:
    near = nearest(word.lower().replace("_", "-") if what == "mode" else word.lower(), words)
    fixes = (Fix(f"Change to {near}", (SetValue(("train", key), near),), preferred=True),) if near else ()
    hint = f"; did you mean {near}?" if near else f": {', '.join(words)}"
    return compiled_by_an_unknown_word.at(
        "train", key, on="value", word=word, what=what, hint=hint, fixes=fixes
    )


TRAINING = (compiled_by_an_unknown_word,)
