"""What TRL's trainers and their arguments refuse of their own, as a table."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from tunesmith.facts.release import Release
from tunesmith.stages.train.rules.written import number

WITHOUT_KL = ("apo_zero_unpaired",)
"""Losses of KTO that estimate no divergence, for which one row is batch enough."""


@dataclass(frozen=True)
class Asked:
    """What is in force: what is written, else the library's default. `columns`: those of the training data;
    None when they are not known, as the number of processes, the stage of ZeRO and how many functions give
    rewards."""

    values: Mapping[str, Any]
    world: int | None
    zero: int | None
    adapts: bool
    columns: tuple[str, ...] | None
    rewards: int | None = None

    def on(self, key: str) -> bool:
        return self.values.get(key) is True

    def count(self, key: str) -> int | None:
        found = number(self.values.get(key))
        return None if found is None else int(found)

    @property
    def generates(self) -> int | None:
        """The completions that are generated at once."""
        asked, each = self.count("generation_batch_size"), self.count("per_device_train_batch_size")
        steps = self.count("steps_per_generation") or self.count("gradient_accumulation_steps")
        if asked is not None or each is None or steps is None or self.world is None:
            return asked
        return each * self.world * steps


@dataclass(frozen=True)
class Refusal:
    """`text` as TRL says it of `keys`, at the first that is written, by the class `of` those arguments."""

    of: str
    keys: tuple[str, ...]
    text: str
    applies: Callable[[Asked], bool]
    since: Release
    until: Release | None = None


def evaluates_partial_groups(own: Asked) -> bool:
    """Whether an evaluation would deal the completions of a prompt out unevenly."""
    each, groups = own.count("per_device_eval_batch_size"), own.count("num_generations_eval")
    groups = groups or own.count("num_generations")
    if own.values.get("eval_strategy") in (None, "no") or each is None or own.world is None:
        return False
    return groups is not None and groups > 1 and (each * own.world) % groups != 0


def generates_partial_batches(own: Asked) -> bool:
    asked, each = own.count("generation_batch_size"), own.count("per_device_train_batch_size")
    return asked is not None and bool(each) and own.world is not None and asked % (each * own.world) != 0


def generates_partial_groups(own: Asked) -> bool:
    asked, groups = own.count("generation_batch_size"), own.count("num_generations")
    return asked is not None and groups is not None and groups > 1 and asked % groups != 0


REFUSALS: tuple[Refusal, ...] = (
    Refusal(
        "SFTConfig",
        ("padding_free",),
        "When padding_free=True without packing, max_length is not enforced: set packing: true, or "
        "max_length to null",
        lambda own: own.on("padding_free") and not own.on("packing") and own.count("max_length") is not None,
        (1, 0),
    ),
    Refusal(
        "SFTConfig",
        ("assistant_only_loss",),
        "You set assistant_only_loss=True, but the dataset is not conversational",
        lambda own: (
            own.on("assistant_only_loss")
            and own.columns is not None
            and not {"messages", "prompt", "conversations"} & set(own.columns)
        ),
        (0, 19),
    ),
    Refusal(
        "SFTConfig",
        ("max_length", "max_seq_length"),
        "When packing is enabled, max_length can't be None",
        lambda own: own.on("packing") and own.values.get("max_length", 1) is None,
        (0, 16),
    ),
    Refusal(
        "GRPOConfig",
        ("num_generations",),
        "GRPO requires at least 2 generations per prompt to calculate the advantages",
        lambda own: own.count("num_generations") in (0, 1),
        (0, 15),
    ),
    Refusal(
        "GRPOConfig",
        ("steps_per_generation",),
        "generation_batch_size and steps_per_generation can not be both configured at the same time",
        lambda own: (
            own.values.get("generation_batch_size") is not None
            and own.values.get("steps_per_generation") is not None
        ),
        (0, 18),
    ),
    Refusal(
        "GRPOConfig",
        ("generation_batch_size",),
        "generation_batch_size must be divisible by the global batch size",
        generates_partial_batches,
        (0, 18),
    ),
    Refusal(
        "GRPOConfig",
        ("generation_batch_size",),
        "generation_batch_size must be divisible by num_generations",
        generates_partial_groups,
        (0, 18),
    ),
    *(
        Refusal(
            "GRPOConfig",
            ("per_device_eval_batch_size", "num_generations_eval", "num_generations"),
            "The global eval batch size must be divisible by the number of generations",
            evaluates_partial_groups,
            since,
            until,
        )
        for since, until in (((0, 15), (0, 17)), ((0, 18), (0, 20)), ((0, 22), None))
    ),
    Refusal(
        "GRPOConfig",
        ("auto_find_batch_size",),
        "auto_find_batch_size is not supported by GRPO",
        lambda own: own.on("auto_find_batch_size"),
        (1, 9),
    ),
    Refusal(
        "KTOConfig",
        ("per_device_train_batch_size",),
        "Actual (not effective) batch size must be > 1: KTO compares the rows of a batch",
        lambda own: (
            own.count("per_device_train_batch_size") in (0, 1)
            and own.values.get("loss_type") not in WITHOUT_KL
        ),
        (0, 12),
        (0, 26),
    ),
    Refusal(
        "DPOConfig",
        ("loss_type",),
        "Support for kto_pair has been removed in DPOTrainer: use KTOTrainer",
        lambda own: own.values.get("loss_type") == "kto_pair",
        (0, 9),
        (0, 29),
    ),
    *(
        Refusal(
            of,
            ("precompute_ref_log_probs",),
            "You cannot use precompute_ref_log_probs=True with Deepspeed ZeRO-3",
            lambda own: own.on("precompute_ref_log_probs") and own.zero == 3,
            (0, 9),
            until,
        )
        for of, until in (("DPOConfig", (0, 29)), ("KTOConfig", (0, 26)))
    ),
    Refusal(
        "DPOConfig",
        ("sync_ref_model",),
        "You cannot use sync_ref_model=True together with precompute_ref_log_probs=True",
        lambda own: own.on("sync_ref_model") and own.on("precompute_ref_log_probs"),
        (0, 9),
    ),
    Refusal(
        "DPOConfig",
        ("sync_ref_model",),
        "You passed sync_ref_model=True while using a PEFT model, which is currently not supported",
        lambda own: own.on("sync_ref_model") and own.adapts,
        (0, 9),
    ),
)
"""trainer/{sft,grpo,kto,dpo}_{config,trainer}.py, 0.9 to 1.16; KTO moved out from 0.26 to 1.7."""
