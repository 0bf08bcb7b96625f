"""What DeepSpeed, and the Trainer on its behalf, refuse of a DeepSpeed config, by release."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tunesmith.core.fact import Facts
from tunesmith.core.finding import Finding, Severity
from tunesmith.core.path import RecipePath, dotted
from tunesmith.core.rule import rule
from tunesmith.facts.names import MODEL, SCRIPT_USE, VERSIONS
from tunesmith.facts.release import Release, before
from tunesmith.facts.script_use import ScriptUse
from tunesmith.stages.train.rules.deepspeed import config_value, deepspeed_config
from tunesmith.stages.train.rules.deepspeed_words import OPTIMIZERS, SCHEDULERS

if TYPE_CHECKING:
    from tunesmith.stages.recipe import Recipe

Values = Mapping[str, Any]
ZERO = "zero_optimization"
OF_HIDDEN_SIZE = ("reduce_bucket_size", "stage3_prefetch_bucket_size", "stage3_param_persistence_threshold")
WIDEST = 10**6
"""Hidden sizes beyond are none."""
NESTED = ("idefics2", "llava", "llava_next", "video_llava", "vipllava")
"""Types of models that say their hidden size in `text_config` alone."""


@dataclass(frozen=True)
class Setup:
    """`model`: its config.json, as far as it is known; `trains`: whether the Trainer is what reads this."""

    config: Mapping[str, object]
    train: Values
    model: Values
    trains: bool
    use: ScriptUse | None

    def at(self, *path: str) -> Any:
        return config_value(self.config, path)

    @property
    def stage(self) -> object:
        return self.at(ZERO, "stage")


@dataclass(frozen=True)
class Refusal:
    """`text` as it is said, at `path`; `releases`: since when, and before which, by package."""

    path: RecipePath
    text: str
    applies: Callable[[Setup], bool]
    releases: tuple[tuple[str, Release, Release | None], ...]


RECENT = (("deepspeed", (0, 8), (0, 21)),)

REFUSALS: tuple[Refusal, ...] = (
    Refusal(
        ("optimizer",),
        "the Trainer of this release takes an optimizer from here only together with a scheduler",
        lambda own: own.trains and "optimizer" in own.config and "scheduler" not in own.config,
        (("transformers", (4, 30), (4, 33)),),
    ),
    Refusal(
        ("scheduler", "type"),
        "DeepSpeed does not recognize this LR scheduler",
        lambda own: _is_unknown(own.at("scheduler", "type"), SCHEDULERS),
        RECENT,
    ),
    Refusal(
        ("optimizer", "type"),
        "neither DeepSpeed nor torch.optim has this optimizer",
        lambda own: _is_unknown(str(own.at("optimizer", "type")).lower(), OPTIMIZERS),
        RECENT,
    ),
    Refusal(
        ("scheduler", "type"),
        "this LR scheduler needs total_num_steps in its params, which may be auto",
        lambda own: (
            own.at("scheduler", "type") in ("WarmupDecayLR", "WarmupCosineLR")
            and own.at("scheduler", "params", "total_num_steps") is None
        ),
        RECENT,
    ),
    *(
        Refusal(
            (section,),
            f"{section} is a section with keys of its own",
            lambda own, section=section: isinstance(own.config.get(section), bool | int | float | str),
            RECENT,
        )
        for section in ("bf16", "fp16", "optimizer", "scheduler")
    ),
    *(
        Refusal(
            (ZERO, part, "device"),
            "nvme needs nvme_path, a folder on such a disk",
            lambda own, part=part: (
                own.stage == 3
                and own.at(ZERO, part, "device") == "nvme"
                and own.at(ZERO, part, "nvme_path") is None
            ),
            RECENT,
        )
        for part in ("offload_optimizer", "offload_param")
    ),
    Refusal(
        (ZERO, "stage3_prefetch_bucket_size"),
        '"auto" becomes a number with a fraction here, which DeepSpeed since 0.15 does not take',
        lambda own: (
            own.trains
            and own.stage == 3
            and own.at(ZERO, "stage3_prefetch_bucket_size") == "auto"
            and _has_fraction(own.model.get("hidden_size"))
        ),
        (("transformers", (4, 27), (4, 45)), ("deepspeed", (0, 15), None)),
    ),
    *(
        Refusal(
            (ZERO, key),
            '"auto" is reckoned from the hidden size, which this release does not find in text_config',
            lambda own, key=key: (
                own.trains
                and own.at(ZERO, key) == "auto"
                and own.model.get("model_type") in NESTED
                and "hidden_size" not in own.model
            ),
            (("transformers", (4, 27), (4, 46)),),
        )
        for key in OF_HIDDEN_SIZE
    ),
    Refusal(
        (ZERO, "stage"),
        "ZeRO inference only makes sense with ZeRO Stage 3, and nothing is trained here",
        lambda own: own.trains and own.stage in (1, 2) and _only_evaluates(own.train, own.use),
        (("transformers", (4, 20), None),),
    ),
)


@rule("TN626", Severity.ERROR, "{key}: {text}", needs=(VERSIONS,))
def refused_by_deepspeed(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """A DeepSpeed config holds what the installed DeepSpeed, or the Trainer of this release, cannot use.

    Why: the Trainer fills in what is "auto" and hands the rest on; the engine is not built.
    Library: deepspeed: AssertionError, DeepSpeed does not recognize LR scheduler, and its like;
    TypeError, WarmupDecayLR.__init__() missing 1 required positional argument: 'total_num_steps';
    ValidationError, Input should be a valid integer, got a number with a fractional part; transformers:
    ValueError, Found `optimizer` configured in the DeepSpeed config, but no `scheduler`; ValueError, ZeRO
    inference only makes sense with ZeRO Stage 3; ValueError, The model's config file has neither
    `hidden_size` nor `hidden_sizes`.
    Flags:
        # packages transformers 4.44.2, deepspeed 0.14.4
        deepspeed: {scheduler: {type: WarmupCosine}, zero_optimization: {stage: 2}}
        ---
        # packages transformers 4.44.2, deepspeed 0.14.4
        deepspeed: {optimizer: {type: AdamW8bit}, zero_optimization: {stage: 2}}
        ---
        # packages transformers 4.44.2, deepspeed 0.14.4
        deepspeed: {scheduler: {type: WarmupDecayLR, params: {}}, zero_optimization: {stage: 2}}
        ---
        # packages transformers 4.44.2, deepspeed 0.14.4
        deepspeed: {bf16: true, zero_optimization: {stage: 2}}
        ---
        # packages transformers 4.31.0, deepspeed 0.10.0
        deepspeed: {optimizer: {type: AdamW}, zero_optimization: {stage: 2}}
        train: {learning_rate: 0.0001}
        ---
        # packages transformers 4.44.2, deepspeed 0.14.4
        deepspeed: {zero_optimization: {stage: 3, offload_optimizer: {device: nvme}}}
        ---
        # launch deepspeed --num_gpus 2 train.py train.yaml
        # packages transformers 4.44.2, deepspeed 0.14.4
        # file ds.json: {"zero_optimization": {"stage": 2}}
        # script trainer = Trainer(AutoModelForCausalLM.from_pretrained("m")); trainer.evaluate()
        do_eval: true
        deepspeed: ds.json
        report_to: none
    Accepts:
        # packages transformers 4.44.2, deepspeed 0.14.4
        deepspeed: {scheduler: {type: OneCycleLR}, optimizer: {type: Adamw}, zero_optimization: {stage: 2}}
        ---
        # packages transformers 4.44.2, deepspeed 0.14.4
        deepspeed: {optimizer: {type: AdamW}, bf16: {enabled: true}, zero_optimization: {stage: 2}}
        train: {learning_rate: 0.0001, bf16: true}
        ---
        # launch deepspeed --num_gpus 2 train.py train.yaml
        # packages transformers 4.44.2, deepspeed 0.14.4
        # file ds.json: {"zero_optimization": {"stage": 2}}
        # script trainer = Trainer(AutoModelForCausalLM.from_pretrained("m"))
        # script trainer.train(); trainer.evaluate()
        do_eval: true
        deepspeed: ds.json
        report_to: none
    """
    config, versions = deepspeed_config(recipe, facts), facts[VERSIONS]
    model = facts.get(MODEL)
    own = Setup(
        config,
        recipe.train,
        model.config if model is not None else {},
        bool(recipe.train),
        facts.get(SCRIPT_USE),
    )
    for one in REFUSALS:
        released = all(
            before(versions, package, since) is False and (until is None or before(versions, package, until))
            for package, since, until in one.releases
        )
        if config and released and one.applies(own):
            path: RecipePath = ("deepspeed", *one.path)
            yield refused_by_deepspeed.at(*path, on="value", key=dotted(one.path), text=one.text)


def _is_unknown(found: object, known: frozenset[str]) -> bool:
    return isinstance(found, str) and found not in ("None", "none", "auto") and found not in known


def _has_fraction(hidden: object) -> bool:
    return isinstance(hidden, int) and hidden < WIDEST and not (0.9 * hidden * hidden).is_integer()


def _only_evaluates(train: Values, use: ScriptUse | None) -> bool:
    """Whether the script evaluates or predicts, and does not train before."""
    asked = any(train.get(key) is True for key in ("do_eval", "do_predict"))
    if use is None or train.get("do_train") is True or not asked or not {"evaluate", "predict"} & use.calls:
        return False
    return "train" not in use.calls or ("do_train" in use.names and "train" not in use.outright)


RULES = (refused_by_deepspeed,)
