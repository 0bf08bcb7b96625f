"""Rules about how processes are launched: the keys of `accelerate:`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from tunesmith.core.fact import Facts
from tunesmith.core.finding import Finding, Severity
from tunesmith.core.rule import rule
from tunesmith.facts.names import CLUSTER_CONFIG
from tunesmith.stages.train.rules.installed import ERRORS, bad_choices, free, misfits, unknown

if TYPE_CHECKING:
    from tunesmith.stages.recipe import Recipe

# `accelerate launch` reads these from older config files though no field has their name.
OLDER_ACCELERATE_KEYS = frozenset(("dynamo_backend", "fp16"))
# Numbers that `accelerate launch` also takes as texts of digits.
DIGITS_DO = frozenset(("machine_rank", "main_process_port"))


@rule("TN402", Severity.ERROR, "{library} has no {key}{hint}", needs=(CLUSTER_CONFIG,))
def unknown_accelerate_key(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """A key of `accelerate` is not a field of the installed ClusterConfig.

    Why: the launch ends before a process is started.
    Library: accelerate, ClusterConfig.from_yaml_file: ValueError, The config file … had unknown keys.
    Flags:
        accelerate: {num_proceses: 2}
    Accepts:
        accelerate: {num_processes: 2, mixed_precision: "no"}
        ---
        accelerate: {dynamo_backend: "no"}
        ---
        accelerate: {compute_environment: AMAZON_SAGEMAKER, ec2_instance_type: ml.p3.2xlarge}
    """
    library = facts[CLUSTER_CONFIG]
    written = of_a_cluster(recipe)
    unwritten = free(written, library)
    for key in written:
        if key not in library.fields and key not in OLDER_ACCELERATE_KEYS:
            yield unknown(unknown_accelerate_key, "accelerate", key, unwritten, library)


@rule("TN403", Severity.ERROR, "{value} is not a choice of {key}{hint}", needs=(CLUSTER_CONFIG,))
def bad_choice_of_accelerate(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """A word of `accelerate` is not one of those that the installed accelerate accepts.

    Why: the launch ends before a process is started.
    Library: accelerate launch: error: argument --mixed_precision: invalid choice; ClusterConfig: ValueError.
    Flags:
        accelerate: {mixed_precision: fp61}
    Accepts:
        accelerate: {mixed_precision: bf16, distributed_type: MULTI_GPU}
        ---
        accelerate: {mixed_precision: BF16}
    """
    written = of_a_cluster(recipe)
    precision = written.get("mixed_precision")
    # The launcher reads this one word in any case.
    lowered = {"mixed_precision": precision.lower()} if isinstance(precision, str) else {}
    values = {**written, **lowered}
    yield from bad_choices(
        bad_choice_of_accelerate, "accelerate", values, facts[CLUSTER_CONFIG], also=("mixed_precision",)
    )


@rule("TN404", Severity.ERROR, "{key} takes {wanted}, not {found}", needs=(CLUSTER_CONFIG,))
def wrong_type_of_accelerate(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """A value of `accelerate` has a type that the launch cannot use.

    Why: the launch ends before a process is started.
    Library: accelerate launch: TypeError or argument --num_processes: invalid int value.
    Flags:
        accelerate: {num_processes: two}
    Accepts:
        accelerate: {num_processes: 2, use_cpu: true}
        ---
        accelerate: {main_process_port: "29500", machine_rank: "0"}
    """
    values = {
        key: value
        for key, value in of_a_cluster(recipe).items()
        if not (key in DIGITS_DO and isinstance(value, str) and value.isdecimal())
    }
    yield from misfits(wrong_type_of_accelerate, "accelerate", values, facts[CLUSTER_CONFIG], ERRORS)


def of_a_cluster(recipe: Recipe) -> Mapping[str, Any]:
    """What accelerate reads as its ClusterConfig: a file for SageMaker has keys of another class."""
    elsewhere = recipe.accelerate.get("compute_environment") == "AMAZON_SAGEMAKER"
    return {} if elsewhere else recipe.accelerate


RULES = (unknown_accelerate_key, bad_choice_of_accelerate, wrong_type_of_accelerate)
