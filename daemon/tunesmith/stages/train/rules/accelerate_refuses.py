"""What accelerate refuses of its own config file, by release."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from tunesmith.core.fact import Facts
from tunesmith.core.finding import Finding, Severity
from tunesmith.core.path import RecipePath
from tunesmith.core.rule import rule
from tunesmith.facts.names import STARTED, VERSIONS
from tunesmith.facts.release import Release, before
from tunesmith.stages.train.rules.accelerate_words import COMPILERS, FLAGS, STATE_DICTS, WRAPS
from tunesmith.stages.train.rules.launch import of_a_cluster

if TYPE_CHECKING:
    from tunesmith.stages.recipe import Recipe

Values = Mapping[str, Any]


@dataclass(frozen=True)
class Config:
    """`fsdp`: its section where FSDP is asked for; `is_launched`: by `accelerate launch`, as far as known."""

    written: Values
    fsdp: Values
    is_launched: bool

    def word(self, key: str) -> str:
        return str(self.fsdp.get(f"fsdp_{key}", "")).upper()

    @property
    def version(self) -> int:
        return _whole(self.fsdp, "fsdp_version") or 1

    @property
    def machines(self) -> int:
        return _whole(self.written, "num_machines") or 1


@dataclass(frozen=True)
class Refusal:
    """`text` as it is said, at the first of `paths` that is written. It is so since a release, or before one;
    `package` is whose releases are meant."""

    paths: tuple[RecipePath, ...]
    text: str
    applies: Callable[[Config], bool]
    since: Release = (0, 20)
    until: Release | None = None
    package: str = "accelerate"


def _fsdp(*keys: str) -> tuple[RecipePath, ...]:
    return tuple(("fsdp_config", f"fsdp_{key}") for key in keys)


def _whole(values: Values, key: str) -> int | None:
    found = values.get(key)
    return found if isinstance(found, int) and not isinstance(found, bool) else None


REFUSALS: tuple[Refusal, ...] = (
    Refusal(
        _fsdp("sharding_strategy"),
        "fsdp_sharding_strategy is a number here, 1 for FULL_SHARD; words are understood since 0.23",
        lambda own: bool(own.word("sharding_strategy")) and not own.word("sharding_strategy").isdecimal(),
        until=(0, 23),
    ),
    Refusal(
        _fsdp("reshard_after_forward"),
        "with fsdp_version 2 fsdp_reshard_after_forward is true or false",
        lambda own: own.version == 2 and own.word("reshard_after_forward").lower() not in FLAGS,
        since=(1, 6),
    ),
    Refusal(
        _fsdp("forward_prefetch"),
        "forward_prefetch is not yet implemented in FSDP2",
        lambda own: own.version == 2 and own.word("forward_prefetch").lower() in ("true", "1", "yes"),
        since=(1, 6),
    ),
    Refusal(
        _fsdp("version"),
        "FSDP2 requires PyTorch >= 2.6.0",
        lambda own: own.version == 2,
        since=(1,),
        until=(2, 6),
        package="torch",
    ),
    Refusal(
        _fsdp("min_num_params"),
        "fsdp_min_num_params takes a whole number in digits",
        lambda own: (
            own.word("auto_wrap_policy") == "SIZE_BASED_WRAP" and not own.word("min_num_params").isdecimal()
        ),
    ),
    Refusal(
        _fsdp("auto_wrap_policy"),
        "SIZE_BASED_WRAP needs fsdp_min_num_params: what this release takes without it cannot be read",
        lambda own: (
            own.word("auto_wrap_policy") == "SIZE_BASED_WRAP" and "fsdp_min_num_params" not in own.fsdp
        ),
        until=(1, 13),
    ),
    Refusal(
        _fsdp("auto_wrap_policy"),
        f"fsdp_auto_wrap_policy is one of {', '.join(WRAPS)}",
        lambda own: (
            own.fsdp.get("fsdp_auto_wrap_policy") is not None and own.word("auto_wrap_policy") not in WRAPS
        ),
        since=(0, 34),
    ),
    Refusal(
        _fsdp("state_dict_type"),
        f"fsdp_state_dict_type is one of {', '.join(STATE_DICTS)}",
        lambda own: (
            own.fsdp.get("fsdp_state_dict_type") is not None
            and own.word("state_dict_type") not in STATE_DICTS
            and not own.word("state_dict_type").isdecimal()
        ),
        since=(0, 34),
    ),
    Refusal(
        (("dynamo_config", "dynamo_backend"), ("dynamo_backend",)),
        "Unknown dynamo backend",
        lambda own: _compiler(own.written) not in COMPILERS,
    ),
    Refusal(
        (("distributed_type",),),
        "'TPU' is not a valid DistributedType: since 0.28 it is XLA",
        lambda own: own.written.get("distributed_type") == "TPU",
        since=(0, 28),
    ),
    Refusal(
        (("distributed_type",),),
        "'XLA' is not a valid DistributedType: before 0.28 it is TPU",
        lambda own: own.written.get("distributed_type") == "XLA",
        until=(0, 28),
    ),
    Refusal(
        (("num_processes",),),
        "num_processes counts over all machines, and there are fewer processes than machines",
        lambda own: 0 < (_whole(own.written, "num_processes") or 0) < own.machines and _by_torch(own),
    ),
    Refusal(
        (("machine_rank",),),
        "machine_rank counts from 0: it is less than num_machines",
        lambda own: (_whole(own.written, "machine_rank") or 0) >= own.machines > 1 and _by_torch(own),
    ),
    Refusal(
        (("main_process_ip",), ("num_machines",)),
        "several machines meet at main_process_ip, and there is none",
        lambda own: (
            own.machines > 1
            and own.is_launched
            and own.written.get("main_process_ip") is None
            and _by_torch(own)
        ),
    ),
)


@rule("TN625", Severity.ERROR, "accelerate: {text}", needs=(VERSIONS,))
def refused_by_accelerate(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """An accelerate config holds a value that the installed accelerate cannot use.

    Why: words and defaults of its FSDP, of torch.compile and of its machines changed with its releases. The
    launch or the first `prepare` ends the run.
    Library: accelerate, FullyShardedDataParallelPlugin: ValueError, invalid literal for int() with base 10;
    ImportError, FSDP2 requires PyTorch; launch: ValueError, Unknown dynamo backend, and its like; torch:
    AssertionError for a machine without processes; processes that wait for each other until the timeout.
    Flags:
        # packages accelerate 0.21.0, torch 2.0.1
        accelerate: {distributed_type: FSDP, fsdp_config: {fsdp_sharding_strategy: FULL_SHARD}}
        ---
        # packages accelerate 1.10.1, torch 2.8.0
        accelerate:
          distributed_type: FSDP
          fsdp_config: {fsdp_version: 2, fsdp_reshard_after_forward: FULL_SHARD}
        ---
        # packages accelerate 0.27.2, torch 2.2.1
        accelerate:
          distributed_type: FSDP
          fsdp_config: {fsdp_auto_wrap_policy: SIZE_BASED_WRAP, fsdp_min_num_params: 1e8}
        ---
        # packages accelerate 0.27.2, torch 2.2.1
        accelerate: {distributed_type: MULTI_GPU, num_machines: 2, num_processes: 1, main_process_ip: a}
    Accepts:
        # packages accelerate 0.27.2, torch 2.2.1
        accelerate:
          distributed_type: FSDP
          fsdp_config: {fsdp_sharding_strategy: FULL_SHARD, fsdp_min_num_params: 100000000}
        ---
        # packages accelerate 1.10.1, torch 2.8.0
        accelerate:
          distributed_type: FSDP
          fsdp_config: {fsdp_version: 2, fsdp_reshard_after_forward: true}
        ---
        # packages accelerate 0.27.2, torch 2.2.1
        accelerate: {distributed_type: MULTI_GPU, dynamo_config: {dynamo_backend: inductor}}
        ---
        # packages accelerate 0.27.2, torch 2.2.1
        accelerate: {distributed_type: MULTI_GPU, num_machines: 2, machine_rank: 1, num_processes: 2}
        ---
        # launch accelerate launch --config_file a.yaml --main_process_ip $HEAD train.py train.yaml
        # packages accelerate 0.27.2, torch 2.2.1
        # file a.yaml: {distributed_type: MULTI_GPU, num_machines: 2, num_processes: 2}
        learning_rate: 0.001
        num_train_epochs: 1
    """
    written, versions, started = of_a_cluster(recipe), facts[VERSIONS], facts.get(STARTED)
    under = written.get("distributed_type") == "FSDP"
    config = written.get("fsdp_config") if under else None
    fsdp = cast(Values, config) if isinstance(config, Mapping) else {}
    own = Config(written, fsdp, started is not None and started.program == "accelerate")
    for one in REFUSALS:
        path = next((path for path in one.paths if _stands(written, path)), None)
        since = before(versions, one.package, one.since) is False
        until = one.until is None or before(versions, one.package, one.until) is True
        if path is not None and since and until and one.applies(own):
            yield refused_by_accelerate.at("accelerate", *path, on="value", text=one.text)


def _compiler(written: Values) -> str:
    section = written.get("dynamo_config")
    named = cast(Values, section).get("dynamo_backend") if isinstance(section, Mapping) else None
    named = written.get("dynamo_backend") if named is None else named
    # PyYAML reads a plain `no` as a flag, which the launch takes for unset.
    return named.upper() if isinstance(named, str) else "NO"


def _by_torch(own: Config) -> bool:
    """Whether torch's launcher starts the processes: DeepSpeed's may, TPUs have their own."""
    return own.written.get("distributed_type") in ("MULTI_GPU", "FSDP")


def _stands(written: Values, path: RecipePath) -> bool:
    here: Any = written
    for step in path:
        if not isinstance(here, Mapping) or step not in here:
            return False
        here = cast(Values, here)[str(step)]
    return True


RULES = (refused_by_accelerate,)
