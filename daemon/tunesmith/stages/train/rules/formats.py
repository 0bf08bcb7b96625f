"""Rules about number formats that a machine lacks, wherever they are asked for."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from tunesmith.core.fact import Facts
from tunesmith.core.finding import Finding, Fix, SetValue, Severity
from tunesmith.core.path import RecipePath
from tunesmith.core.rule import rule
from tunesmith.facts.names import GPUS, HAS_ACCELERATOR, SCRIPT_USE, VERSIONS
from tunesmith.facts.release import before
from tunesmith.stages.train.rules.deepspeed import config_value, deepspeed_config
from tunesmith.stages.train.rules.hardware import AMPERE, attention, described, too_old

if TYPE_CHECKING:
    from tunesmith.stages.recipe import Recipe

VOLTA, ADA, HOPPER = (7, 0), (8, 9), (9, 0)
COMPILES = ("torch_compile", "torch_compile_backend", "torch_compile_mode")
"""Each of them switches it on."""
WHOLE = ("float32", "fp32", "torch.float32", "torch.float")


@rule("TN606", Severity.ERROR, "{key} needs a GPU, and there is none", needs=(HAS_ACCELERATOR, VERSIONS))
def half_precision_without_gpu(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """fp16 or tf32 is asked for where there is no GPU.

    Why: the Trainer is not even built; the run ends when its arguments are read.
    Library: transformers before 4.42: ValueError, FP16 Mixed precision training with AMP or APEX (`--fp16`)
    can only be used on CUDA devices; all: ValueError, --tf32 requires Ampere or a newer GPU arch.
    Flags:
        # machine without an accelerator
        # packages transformers 4.31.0
        # no gpus
        train: {fp16: true}
        ---
        # machine without an accelerator
        # packages transformers 4.57.3
        # no gpus
        train: {tf32: true}
    Accepts:
        # machine without an accelerator
        # packages transformers 4.57.3
        # no gpus
        train: {fp16: true, use_cpu: true}
        ---
        # gpus 1 x A100, 8.0, 80 GiB
        # packages transformers 4.31.0
        train: {fp16: true, tf32: true}
    """
    if facts[HAS_ACCELERATOR]:
        return
    refused = ["tf32"]
    if before(facts[VERSIONS], "transformers", (4, 42)):
        refused += ["fp16", "fp16_full_eval"]
    for key in refused:
        if recipe.train.get(key) is True:
            fix = Fix("Change to false", (SetValue(("train", key), "false"),), preferred=True)
            yield half_precision_without_gpu.at("train", key, key=key, fixes=(fix,))


@rule("TN607", Severity.ERROR, "FlashAttention computes in fp16 or bf16 alone, and all of this is fp32")
def flash_attention_in_fp32(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """FlashAttention is asked for in a training in fp32.

    Why: its kernels know two formats. The weights are loaded in neither, and mixed precision is off.
    Library: flash-attn: RuntimeError, FlashAttention only support fp16 and bf16 data type.
    Flags:
        # launch python train.py train.yaml
        # packages transformers 4.44.2
        # script Trainer(AutoModelForCausalLM.from_pretrained("m", torch_dtype=args.torch_dtype))
        torch_dtype: float32
        attn_implementation: flash_attention_2
        num_train_epochs: 1
    Accepts:
        # launch python train.py train.yaml
        # packages transformers 4.44.2
        # script Trainer(AutoModelForCausalLM.from_pretrained("m", torch_dtype=args.torch_dtype))
        torch_dtype: float32
        attn_implementation: flash_attention_2
        bf16: true
        ---
        # launch python train.py train.yaml
        # packages transformers 4.44.2
        # script Trainer(AutoModelForCausalLM.from_pretrained("m", torch_dtype=args.torch_dtype))
        torch_dtype: bfloat16
        attn_implementation: flash_attention_2
        num_train_epochs: 1
    """
    load = recipe.model.load if recipe.model else {}
    mixed = any(recipe.train.get(key) for key in ("fp16", "bf16")) or recipe.deepspeed
    mixed = mixed or recipe.accelerate.get("mixed_precision") not in (None, "no", False)
    quantized = any(load.get(key) for key in ("load_in_4bit", "load_in_8bit"))
    asked = str(load.get("attn_implementation")).startswith("flash_attention")
    if not asked or mixed or quantized or not recipe.train:
        return
    use = facts.get(SCRIPT_USE)
    given = use.loads.get(use.model_class or "") if use is not None else None
    # Without a word releases before 5 load weights in fp32.
    unsaid = given is not None and not {"dtype", "torch_dtype"} & given.keys()
    older = before(facts.get(VERSIONS) or {}, "transformers", (5,)) is True
    casts = use is not None and bool({"half", "bfloat16", "to"} & use.calls)
    if not casts and (load.get("dtype") in WHOLE or (unsaid and older and "dtype" not in load)):
        yield flash_attention_in_fp32.at("model", "load", "attn_implementation", on="value")


@rule("TN608", Severity.ERROR, "fp8 needs an Ada or Hopper GPU or newer; this is {gpu}", needs=(GPUS,))
def fp8_on_an_older_gpu(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """accelerate is to train in fp8 on GPUs that have no such format.

    Why: the first layer that is computed ends the run.
    Library: transformer-engine: AssertionError, Device compute capability 8.9 or higher required for FP8
    execution.
    Flags:
        # gpus 1 x A100, 8.0, 80 GiB
        accelerate: {mixed_precision: fp8, num_processes: 1}
    Accepts:
        # gpus 1 x H100, 9.0, 80 GiB
        accelerate: {mixed_precision: fp8, num_processes: 1}
        ---
        # gpus 1 x A100, 8.0, 80 GiB
        accelerate: {mixed_precision: bf16, num_processes: 1}
    """
    gpu = too_old(facts[GPUS], ADA)
    if gpu is not None and str(recipe.accelerate.get("mixed_precision")).lower() == "fp8":
        path = ("accelerate", "mixed_precision")
        fix = Fix("Change to fp16", (SetValue(path, "fp16"),), preferred=True)
        yield fp8_on_an_older_gpu.at(*path, on="value", gpu=described(gpu), fixes=(fix,))


@rule("TN609", Severity.ERROR, "bf16 needs Ampere or newer; {gpu} has none", needs=(GPUS, VERSIONS))
def bf16_elsewhere_on_an_older_gpu(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """bf16 is asked of accelerate or DeepSpeed on GPUs without it, with a torch that says so.

    Why: neither is built. From torch 2.4 on an emulation counts as bf16.
    Library: accelerate: ValueError, bf16 mixed precision requires PyTorch >= 1.10 and a supported device;
    deepspeed: ValueError, Type bf16 is not supported.
    Flags:
        # gpus 1 x V100, 7.0, 32 GiB
        # packages torch 2.1.2, accelerate 0.27.2
        accelerate: {mixed_precision: bf16, num_processes: 1}
        ---
        # gpus 1 x V100, 7.0, 32 GiB
        # packages torch 2.1.2, deepspeed 0.12.6
        deepspeed: {bf16: {enabled: true}, zero_optimization: {stage: 2}}
    Accepts:
        # gpus 1 x A100, 8.0, 80 GiB
        # packages torch 2.1.2, accelerate 0.27.2
        accelerate: {mixed_precision: bf16, num_processes: 1}
        ---
        # gpus 1 x V100, 7.0, 32 GiB
        # packages torch 2.5.1, accelerate 0.27.2
        accelerate: {mixed_precision: bf16, num_processes: 1}
    """
    gpu = too_old(facts[GPUS], AMPERE)
    if gpu is None or before(facts[VERSIONS], "torch", (2, 3)) is not True:
        return
    places: list[RecipePath] = []
    told = any(recipe.train.get(key) is True for key in ("fp16", "bf16"))
    on_cpu = recipe.accelerate.get("use_cpu") or recipe.train.get("use_cpu")
    if str(recipe.accelerate.get("mixed_precision")).lower() == "bf16" and not told and not on_cpu:
        places.append(("accelerate", "mixed_precision"))
    if config_value(deepspeed_config(recipe, facts), ("bf16", "enabled")) is True:
        places.append(("deepspeed", "bf16", "enabled"))
    for place in places:
        yield bf16_elsewhere_on_an_older_gpu.at(*place, on="value", gpu=described(gpu))


@rule("TN620", Severity.ERROR, "FlashAttention 3 needs Hopper or newer; this is {gpu}", needs=(GPUS,))
def flash_attention_3_on_an_older_gpu(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """FlashAttention 3 is asked for on GPUs that it does not run on.

    Why: the model loads, and the first forward pass fails.
    Library: flash-attn 3: RuntimeError, FlashAttention only supports Hopper GPUs or newer.
    Flags:
        # launch trl sft --config train.yaml
        # gpus 1 x A100, 8.0, 80 GiB
        model_name_or_path: m
        attn_implementation: flash_attention_3
    Accepts:
        # launch trl sft --config train.yaml
        # gpus 1 x H100, 9.0, 80 GiB
        model_name_or_path: m
        attn_implementation: flash_attention_3
        ---
        # launch trl sft --config train.yaml
        # gpus 1 x A100, 8.0, 80 GiB
        model_name_or_path: m
        attn_implementation: flash_attention_2
    """
    gpu = too_old(facts[GPUS], HOPPER)
    path, asked = attention(recipe, facts)
    if gpu is not None and asked == "flash_attention_3":
        fix = Fix("Change to flash_attention_2", (SetValue(path, "flash_attention_2"),), preferred=True)
        yield flash_attention_3_on_an_older_gpu.at(
            *path, on="value", gpu=described(gpu), fixes=(fix,) if path else ()
        )


@rule(
    "TN621",
    Severity.ERROR,
    "torch.compile needs a GPU of compute capability 7.0; this is {gpu}",
    needs=(GPUS,),
)
def compiled_for_an_older_gpu(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """The model is to be compiled by inductor for GPUs that Triton has no code for.

    Why: the first forward pass compiles, and ends the run.
    Library: torch: RuntimeError, Found … which is too old to be supported by the triton GPU compiler, which
    is used as the backend.
    Flags:
        # gpus 1 x P100, 6.0, 16 GiB
        train: {torch_compile: true}
        ---
        # gpus 2 x GTX 1080 Ti, 6.1, 11 GiB
        accelerate: {dynamo_config: {dynamo_backend: INDUCTOR}, num_processes: 2}
    Accepts:
        # gpus 1 x Tesla T4, 7.5, 16 GiB
        train: {torch_compile: true}
        ---
        # gpus 1 x P100, 6.0, 16 GiB
        train: {torch_compile: true, torch_compile_backend: aot_eager}
    """
    gpu = too_old(facts[GPUS], VOLTA)
    if gpu is None:
        return
    backend = str(recipe.train.get("torch_compile_backend", "inductor")).lower()
    places: list[RecipePath] = []
    if backend == "inductor" and not recipe.train.get("use_cpu"):
        places += [("train", key) for key in COMPILES if recipe.train.get(key) not in (None, False)][:1]
    told = config_value(recipe.accelerate, ("dynamo_config", "dynamo_backend"))
    if str(told).upper() == "INDUCTOR" and not recipe.accelerate.get("use_cpu"):
        places.append(("accelerate", "dynamo_config", "dynamo_backend"))
    for path in places:
        yield compiled_for_an_older_gpu.at(*path, on="value", gpu=described(gpu))


TRAINING = (
    half_precision_without_gpu,
    fp8_on_an_older_gpu,
    bf16_elsewhere_on_an_older_gpu,
    compiled_for_an_older_gpu,
)
FOREIGN = (flash_attention_in_fp32, flash_attention_3_on_an_older_gpu)
