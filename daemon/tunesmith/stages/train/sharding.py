"""In which way a recipe asks for a model in parts. Pure: rules and ranks ask alike."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, cast

Way = Literal["FSDP", "tensor parallel"]

SIZES = ("tp_size", "fsdp_size", "dp_replicate_size", "pp_size", "ep_size")
"""The keys of transformers' DistributedConfig that say into how many parts a model is cut."""
NOT_TRAINED: Mapping[str, str] = {
    "fsdp_size": "for FSDP write accelerate.distributed_type: FSDP",
    "dp_replicate_size": "for FSDP write accelerate.distributed_type: FSDP",
    "pp_size": "transformers runs such a model forward only",
    "ep_size": "only tp_size is",
}
"""Those that the built-in training does not train with when they are more than 1, and what to do instead."""


@dataclass(frozen=True)
class Asked:
    """`path` is the key that asks. `version` is that of FSDP, None where it is not written in the recipe."""

    way: Way
    path: tuple[str, ...]
    version: int | None = None

    @property
    def key(self) -> str:
        return ".".join(self.path)


def asked(
    distributed: Mapping[str, Any], train: Mapping[str, Any], accelerate: Mapping[str, Any]
) -> Asked | None:
    """What `model.distributed_config`, `train` and `accelerate` ask for together; None: no parts."""
    return tensor(distributed) or fsdp(train, accelerate)


def tensor(distributed: Mapping[str, Any]) -> Asked | None:
    """Layers cut by transformers when it loads the model."""
    if not distributed:
        return None
    return Asked("tensor parallel", ("model", "distributed_config"))


def fsdp(train: Mapping[str, Any], accelerate: Mapping[str, Any]) -> Asked | None:
    """Parameters cut by accelerate when it wraps the model. Trainer's own keys go before the launcher's."""
    if train.get("fsdp"):
        config = train.get("fsdp_config")
        # A path to a file may say anything.
        given = 2 if config is None else _number(config, ("version", "fsdp_version"), 2)
        return Asked("FSDP", ("train", "fsdp"), given)
    if accelerate.get("distributed_type") == "FSDP":
        version = _number(accelerate.get("fsdp_config") or {}, ("fsdp_version", "version"), 1)
        return Asked("FSDP", ("accelerate", "distributed_type"), version)
    if accelerate.get("fsdp_config"):  # Nobody writes that for nothing, though nothing launches it.
        return Asked("FSDP", ("accelerate", "fsdp_config"))
    return None


def unfit(
    distributed: Mapping[str, Any],
    train: Mapping[str, Any],
    accelerate: Mapping[str, Any],
    peft: Mapping[str, Any],
) -> Iterator[tuple[str, ...]]:
    """What needs the model whole, beside `model.distributed_config`."""
    if not distributed:
        return
    if (found := fsdp(train, accelerate)) is not None:
        yield found.path
    if peft:
        yield ("peft",)
    if train.get("load_best_model_at_end") is True:
        yield ("train", "load_best_model_at_end")


def _number(config: object, names: tuple[str, ...], otherwise: int) -> int | None:
    if not isinstance(config, Mapping):
        return None
    values = cast("Mapping[str, object]", config)
    found = next((values[name] for name in names if name in values), otherwise)
    try:
        return int(str(found))
    except ValueError:
        return None
