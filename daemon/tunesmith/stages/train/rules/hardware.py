"""Rules about what the GPUs cannot do: number formats and attention kernels."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from tunesmith.core.fact import Facts
from tunesmith.core.finding import Finding, Fix, RemoveKey, RenameKey, SetValue, Severity
from tunesmith.core.path import RecipePath
from tunesmith.core.rule import rule
from tunesmith.facts.names import GPUS, SCRIPT_USE, VERSIONS
from tunesmith.facts.release import before
from tunesmith.facts.target import Gpu

if TYPE_CHECKING:
    from tunesmith.stages.recipe import Recipe

AMPERE = (8, 0)
OLDER_SWITCH = "use_flash_attention_2"
"""What scripts and `from_pretrained` called it before attn_implementation."""


def too_old(gpus: Sequence[Gpu], needed: tuple[int, int]) -> Gpu | None:
    """The first GPU whose compute capability is less than what is needed; None when all will do or may."""
    return next((gpu for gpu in gpus if gpu.capability is not None and gpu.capability < needed), None)


def attention(recipe: Recipe, facts: Facts) -> tuple[RecipePath, str | None]:
    """Which attention is asked for, and where; the path is empty where the script says it itself."""
    load, use = recipe.model.load if recipe.model else {}, facts.get(SCRIPT_USE)
    if "attn_implementation" in load:
        return ("model", "load", "attn_implementation"), str(load["attn_implementation"])
    if OLDER_SWITCH in recipe.args:
        return ("args", OLDER_SWITCH), "flash_attention_2" if recipe.args[OLDER_SWITCH] is True else None
    literal = use.loads.get(use.model_class or "", {}) if use is not None else {}
    if literal.get(OLDER_SWITCH) == "True":
        return (), "flash_attention_2"
    text = literal.get("attn_implementation", "")
    return (), text[1:-1] if text[:1] in ("'", '"') else None


def described(gpu: Gpu) -> str:
    """`Tesla T4 (compute capability 7.5)`."""
    return (
        f"{gpu.name} (compute capability {gpu.capability[0]}.{gpu.capability[1]})"
        if gpu.capability
        else gpu.name
    )


@rule("TN601", Severity.ERROR, "{key} needs Ampere or newer; {gpu} has no bf16", needs=(GPUS, VERSIONS))
def bf16_on_an_older_gpu(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """bf16 is asked for on GPUs without it, with a transformers or torch that refuses.

    Why: the Trainer is not even built; the run ends when its arguments are read.
    Library: transformers, TrainingArguments: ValueError, Your setup doesn't support bf16/gpu. You need
    torch>=1.10, using Ampere GPU with cuda>=11.0.
    Flags:
        # gpus 1 x V100, 7.0, 16 GiB
        # packages transformers 4.28.1
        train: {bf16: true}
        ---
        # gpus 1 x Tesla T4, 7.5, 16 GiB
        # packages transformers 4.40.0, torch 2.2.2
        train: {bf16_full_eval: true}
    Accepts:
        # gpus 1 x Tesla T4, 8.0, 16 GiB
        # packages transformers 4.28.1
        train: {bf16: true}
        ---
        # gpus 1 x Tesla T4, 7.5, 16 GiB
        # packages transformers 4.40.0, torch 2.5.1
        train: {bf16: true}
    """
    gpu = too_old(facts[GPUS], AMPERE)
    versions = facts[VERSIONS]
    # Later ones ask torch, and torch counts an emulation since 2.4.
    refuses = before(versions, "transformers", (4, 35)) or before(versions, "torch", (2, 3))
    if gpu is not None and refuses and not recipe.train.get("use_cpu"):
        for key in ("bf16", "bf16_full_eval"):
            if recipe.train.get(key) is True:
                yield bf16_on_an_older_gpu.at(
                    "train", key, key=key, gpu=described(gpu), fixes=_fp16(recipe, key)
                )


@rule(
    "TN602",
    Severity.WARNING,
    "{gpu} has no bf16: it is emulated, and slower than fp16",
    needs=(GPUS, VERSIONS),
)
def bf16_emulated(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """bf16 is asked for on GPUs without it, with a torch that emulates it.

    Why: every product is computed in fp32, without the tensor cores that fp16 would use.
    Library: silent.
    Flags:
        # gpus 1 x Tesla T4, 7.5, 16 GiB
        # packages transformers 4.40.0, torch 2.5.1
        train: {bf16: true}
    Accepts:
        # gpus 1 x Tesla T4, 8.6, 16 GiB
        # packages transformers 4.40.0, torch 2.5.1
        train: {bf16: true}
        ---
        # gpus 1 x Tesla T4, 7.5, 16 GiB
        # packages transformers 4.28.1, torch 2.5.1
        train: {bf16: true}
    """
    gpu = too_old(facts[GPUS], AMPERE)
    versions = facts[VERSIONS]
    emulates = (
        before(versions, "transformers", (4, 35)) is False and before(versions, "torch", (2, 4)) is False
    )
    if gpu is not None and emulates and recipe.train.get("bf16") is True and not recipe.train.get("use_cpu"):
        yield bf16_emulated.at("train", "bf16", gpu=described(gpu), fixes=_fp16(recipe, "bf16"))


@rule("TN603", Severity.ERROR, "tf32 needs Ampere or newer; this is {gpu}", needs=(GPUS,))
def tf32_on_an_older_gpu(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """tf32 is asked for on GPUs that do not have it.

    Why: the Trainer is not even built; the run ends when its arguments are read.
    Library: transformers, TrainingArguments: ValueError, --tf32 requires Ampere or a newer GPU arch,
    cuda>=11 and torch>=1.7.
    Flags:
        # gpus 1 x V100, 7.0, 16 GiB
        train: {tf32: true}
    Accepts:
        # gpus 1 x V100, 7.0, 16 GiB
        train: {tf32: false}
        ---
        # gpus 1 x A100, 8.0, 16 GiB
        train: {tf32: true}
    """
    gpu = too_old(facts[GPUS], AMPERE)
    if gpu is not None and recipe.train.get("tf32") is True:
        fix = Fix("Remove tf32", (RemoveKey(("train", "tf32")),), preferred=True)
        yield tf32_on_an_older_gpu.at("train", "tf32", gpu=described(gpu), fixes=(fix,))


@rule("TN604", Severity.ERROR, "FlashAttention 2 needs Ampere or newer; this is {gpu}", needs=(GPUS,))
def flash_attention_on_an_older_gpu(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """FlashAttention 2 is asked for on GPUs that it does not run on.

    Why: the model loads, and the first forward pass fails.
    Library: flash-attn: RuntimeError, FlashAttention only supports Ampere GPUs or newer.
    Flags:
        # launch trl sft --config train.yaml
        # gpus 1 x Tesla T4, 7.5, 16 GiB
        model_name_or_path: m
        attn_implementation: flash_attention_2
        ---
        # launch python train.py train.yaml
        # gpus 1 x Tesla T4, 7.5, 16 GiB
        # script Trainer(AutoModelForCausalLM.from_pretrained("m", attn_implementation="flash_attention_2"))
        num_train_epochs: 1
        save_strategy: epoch
        ---
        # launch python train.py train.yaml
        # gpus 1 x Tesla T4, 7.5, 16 GiB
        use_flash_attention_2: true
        num_train_epochs: 1
        save_strategy: epoch
    Accepts:
        # launch trl sft --config train.yaml
        # gpus 1 x Tesla T4, 7.5, 16 GiB
        model_name_or_path: m
        attn_implementation: sdpa
        ---
        # launch trl sft --config train.yaml
        # gpus 1 x A100, 8.0, 16 GiB
        model_name_or_path: m
        attn_implementation: flash_attention_2
    """
    gpu = too_old(facts[GPUS], AMPERE)
    path, asked = attention(recipe, facts)
    if gpu is not None and asked == "flash_attention_2":
        other = "sdpa" if path[-1:] == ("attn_implementation",) else "false"
        fixes = (Fix(f"Change to {other}", (SetValue(path, other),), preferred=True),) if path else ()
        yield flash_attention_on_an_older_gpu.at(*path, on="value", gpu=described(gpu), fixes=fixes)


RULES = (
    bf16_on_an_older_gpu,
    bf16_emulated,
    tf32_on_an_older_gpu,
    flash_attention_on_an_older_gpu,
)


def _fp16(recipe: Recipe, key: str) -> tuple[Fix, ...]:
    other = key.replace("bf16", "fp16")
    path = ("train", key)
    if other in recipe.train:
        return (Fix(f"Remove {key}", (RemoveKey(path),), preferred=True),)
    return (Fix(f"Change to {other}", (RenameKey(path, other),), preferred=True),)
