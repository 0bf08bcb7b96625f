"""A rule about what is left of a model at the end, where FSDP saves each rank's shard alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, cast

from tunesmith.core.fact import Facts
from tunesmith.core.finding import Finding, Fix, SetValue, Severity
from tunesmith.core.path import RecipePath
from tunesmith.core.rule import rule
from tunesmith.facts.names import SCRIPT_USE, TRAINING_ARGUMENTS, VERSIONS
from tunesmith.facts.release import before

if TYPE_CHECKING:
    from tunesmith.stages.recipe import Recipe


@rule(
    "TN629",
    Severity.WARNING,
    "With {written} the model at the end is not saved: there are only the shards of the checkpoints",
    needs=(TRAINING_ARGUMENTS, VERSIONS),
)
def model_is_not_saved(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """FSDP keeps the weights in shards, and the script saves its model by `save_model`.

    Why: the run ends without an error, and its folder holds no model.safetensors. Saved whole, or joined by
    accelerate merge-weights, or turned by set_state_dict_type("FULL_STATE_DICT") before, it is there.
    Library: silent; transformers, Trainer.save_model under FSDP saves for FULL_STATE_DICT alone.
    Flags:
        # launch accelerate launch --config_file fsdp.yaml train.py train.yaml
        # packages transformers 4.44.2, accelerate 0.34.2
        # file fsdp.yaml: {distributed_type: FSDP, fsdp_config: {fsdp_state_dict_type: SHARDED_STATE_DICT}}
        # script trainer = Trainer(AutoModelForCausalLM.from_pretrained("m")); trainer.save_model()
        num_train_epochs: 1
        save_strategy: epoch
    Accepts:
        # launch accelerate launch --config_file fsdp.yaml train.py train.yaml
        # packages transformers 4.44.2, accelerate 0.34.2
        # file fsdp.yaml: {distributed_type: FSDP, fsdp_config: {fsdp_state_dict_type: FULL_STATE_DICT}}
        # script trainer = Trainer(AutoModelForCausalLM.from_pretrained("m")); trainer.save_model()
        num_train_epochs: 1
        save_strategy: epoch
        ---
        # launch accelerate launch --config_file fsdp.yaml train.py train.yaml
        # packages transformers 4.44.2, accelerate 0.34.2
        # file fsdp.yaml: {distributed_type: FSDP, fsdp_config: {fsdp_state_dict_type: SHARDED_STATE_DICT}}
        # script trainer = Trainer(AutoModelForCausalLM.from_pretrained("m"))
        # script trainer.accelerator.state.fsdp_plugin.set_state_dict_type("FULL_STATE_DICT")
        # script trainer.save_model()
        num_train_epochs: 1
        save_strategy: epoch
    """
    use = facts.get(SCRIPT_USE)
    saves = use is not None and use.trainer is not None and "save_model" in use.calls - use.overrides
    whole = use is not None and bool({"set_state_dict_type", "merge_fsdp_weights"} & use.names)
    if not saves or whole or before(facts[VERSIONS], "transformers", (4, 36)) is not False:
        return
    for section, asked in (
        ("accelerate", recipe.accelerate.get("distributed_type") == "FSDP"),
        ("train", bool(recipe.train.get("fsdp"))),
    ):
        config: Any = getattr(recipe, section).get("fsdp_config")
        keys = cast("Mapping[str, Any]", config) if asked and isinstance(config, Mapping) else {}
        for key in ("fsdp_state_dict_type", "state_dict_type"):
            if str(keys.get(key)).upper().endswith("SHARDED_STATE_DICT"):
                path: RecipePath = (section, "fsdp_config", key)
                fix = Fix("Change to FULL_STATE_DICT", (SetValue(path, "FULL_STATE_DICT"),))
                yield model_is_not_saved.at(*path, on="value", written=keys[key], fixes=(fix,))


RULES = (model_is_not_saved,)
