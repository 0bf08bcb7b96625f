"""The model and its tokenizer: pretrained ones from a folder or the cache, or a new one from a config."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from transformers import AutoConfig, AutoTokenizer

from tunesmith.stages.train.config import ModelConfig

if TYPE_CHECKING:
    # Who only tokenises waits for no torch.
    from transformers import PreTrainedModel, PreTrainedTokenizerBase


def load_tokenizer(config: ModelConfig) -> PreTrainedTokenizerBase:
    """The tokenizer, with a token to pad with: the end token where it has none of its own."""
    if (config.name_or_path is None) == (not config.config):
        raise ValueError("model needs exactly one of name_or_path and config")
    place = config.tokenizer or config.name_or_path
    if place is None:
        raise ValueError("model.config needs model.tokenizer: a new model brings none")
    tokenizer = AutoTokenizer.from_pretrained(place, local_files_only=True)
    if tokenizer.pad_token is None:
        if tokenizer.eos_token is None:
            raise ValueError(
                f"The tokenizer of {place} has neither a pad_token nor an eos_token. "
                f"Name one in its tokenizer_config.json"
            )
        tokenizer.pad_token = tokenizer.eos_token
    return tokenizer


def load_model(
    kind: Any, config: ModelConfig, tokenizer: PreTrainedTokenizerBase, more: Mapping[str, Any]
) -> PreTrainedModel:
    """A model of the Auto class `kind`. Weights come from safetensors only."""
    if config.distributed_config and not config.config:
        from transformers.distributed.configuration_utils import DistributedConfig  # As below.

        more = {**more, "distributed_config": DistributedConfig(**config.distributed_config)}
    if config.config:
        model = kind.from_config(new_config(config, tokenizer, more))
    else:
        model = kind.from_pretrained(config.name_or_path, local_files_only=True, use_safetensors=True, **more)
    if config.distributed_config and config.config:
        from tunesmith.stages.train.parallel.tensor import in_parts  # Needs a newer torch.

        model = in_parts(model, config.distributed_config)
    if model.config.pad_token_id is None:  # A decoder that classifies looks for the token before it.
        model.config.pad_token_id = tokenizer.pad_token_id
    return model


def new_config(config: ModelConfig, tokenizer: PreTrainedTokenizerBase, more: Mapping[str, Any]) -> Any:
    """Of a model that starts from random weights."""
    return AutoConfig.for_model(**{**vocabulary(tokenizer), **config.config, **more})


def config_of(config: ModelConfig, tokenizer: PreTrainedTokenizerBase) -> Any:
    """The config that the model will have, without the model."""
    if config.config:
        return new_config(config, tokenizer, {})
    return AutoConfig.from_pretrained(str(config.name_or_path), local_files_only=True)


def vocabulary(tokenizer: PreTrainedTokenizerBase) -> dict[str, Any]:
    """What a config has to know of the tokenizer."""
    ids = {
        "pad_token_id": tokenizer.pad_token_id,
        "bos_token_id": tokenizer.bos_token_id,
        "eos_token_id": tokenizer.eos_token_id,
    }
    return {"vocab_size": len(tokenizer), **ids}


def longest_text(asked: int | None, tokenizer: PreTrainedTokenizerBase, config: Any) -> int | None:
    """In tokens: what was asked for, within what tokenizer and the model of `config` can take; None for no
    limit."""
    positions = getattr(config, "max_position_embeddings", None)
    # A tokenizer that knows no limit says 1e30.
    limits = [limit for limit in (asked, tokenizer.model_max_length, positions) if limit and limit < 1e9]
    return min(limits, default=None)
