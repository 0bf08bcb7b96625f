"""An accelerate config beside the DeepSpeed config that it names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, cast

from tunesmith.core.fact import Facts
from tunesmith.core.finding import Finding, Fix, RemoveKey, Severity
from tunesmith.core.path import RecipePath
from tunesmith.core.rule import rule
from tunesmith.facts.names import VERSIONS
from tunesmith.facts.release import before
from tunesmith.stages.train.rules.deepspeed import config_value, deepspeed_config

if TYPE_CHECKING:
    from tunesmith.stages.recipe import Recipe

FILE = "deepspeed_config_file"
OF_THE_FILE = (
    "gradient_accumulation_steps",
    "gradient_clipping",
    "offload_optimizer_device",
    "offload_optimizer_nvme_path",
    "offload_param_device",
    "offload_param_nvme_path",
    "zero3_save_16bit_model",
    "zero_stage",
)
"""What accelerate takes from the DeepSpeed file alone: DeepSpeedPlugin, `_deepspeed_config_checks`."""


@rule(
    "TN617", Severity.ERROR, "{key} belongs into the file that deepspeed_config_file names", needs=(VERSIONS,)
)
def told_beside_the_file(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """An accelerate config names a DeepSpeed file and says itself what only that file may say.

    Why: the file counts, and accelerate refuses to ignore the rest silently: `mixed_precision` as well, even
    when it is "no".
    Library: accelerate since 0.20: ValueError, When using `deepspeed_config_file`, the following accelerate
    config variables will be ignored.
    Flags:
        # packages accelerate 0.27.2
        accelerate:
          distributed_type: DEEPSPEED
          deepspeed_config: {deepspeed_config_file: ds.json, zero_stage: 2}
        ---
        # packages accelerate 0.27.2
        accelerate:
          distributed_type: DEEPSPEED
          mixed_precision: bf16
          deepspeed_config: {deepspeed_config_file: ds.json}
    Accepts:
        # packages accelerate 0.27.2
        accelerate:
          distributed_type: DEEPSPEED
          deepspeed_config: {deepspeed_config_file: ds.json, zero3_init_flag: true}
        ---
        # packages accelerate 0.27.2
        accelerate: {distributed_type: DEEPSPEED, mixed_precision: bf16, deepspeed_config: {zero_stage: 2}}
    """
    own = _own(recipe)
    if recipe.accelerate.get("distributed_type") != "DEEPSPEED" or not _names_file(own):
        return
    if before(facts[VERSIONS], "accelerate", (0, 20)) is not False:
        return
    paths: list[RecipePath] = [("accelerate", "deepspeed_config", key) for key in OF_THE_FILE if key in own]
    if recipe.accelerate.get("mixed_precision") is not None:
        paths.append(("accelerate", "mixed_precision"))
    for path in paths:
        fix = Fix(f"Remove {path[-1]}", (RemoveKey(path),), preferred=True)
        yield told_beside_the_file.at(*path, key=path[-1], fixes=(fix,))


@rule("TN618", Severity.ERROR, "mixed_precision is {precision}, and the DeepSpeed config enables {other}")
def precision_beside_deepspeed(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """accelerate is told one number format and DeepSpeed the other.

    Why: accelerate compares both before the engine is built.
    Library: accelerate: ValueError, `--mixed_precision` arg cannot be set to `fp16` when `bf16` is set in the
    DeepSpeed config file.
    Flags:
        deepspeed: {bf16: {enabled: true}}
        accelerate: {distributed_type: DEEPSPEED, mixed_precision: fp16}
    Accepts:
        deepspeed: {bf16: {enabled: true}}
        accelerate: {distributed_type: DEEPSPEED, mixed_precision: bf16}
        ---
        deepspeed: {bf16: {enabled: auto}}
        accelerate: {distributed_type: DEEPSPEED, mixed_precision: fp16}
    """
    precision = recipe.accelerate.get("mixed_precision")
    other = {"fp16": "bf16", "bf16": "fp16"}.get(str(precision).lower())
    # The Trainer's own arguments come before what accelerate is told.
    told = recipe.train.get("fp16") is True or recipe.train.get("bf16") is True
    if recipe.accelerate.get("distributed_type") != "DEEPSPEED" or other is None or told:
        return
    if config_value(deepspeed_config(recipe, facts), (other, "enabled")) is True:
        yield precision_beside_deepspeed.at(
            "accelerate", "mixed_precision", on="value", precision=precision, other=other
        )


RULES = (told_beside_the_file, precision_beside_deepspeed)


def _own(recipe: Recipe) -> Mapping[str, Any]:
    found = recipe.accelerate.get("deepspeed_config")
    return cast(Mapping[str, Any], found) if isinstance(found, Mapping) else {}


def _names_file(own: Mapping[str, Any]) -> bool:
    return isinstance(own.get(FILE), str) and own[FILE] != "none"
