"""How many parameters a model has, from its config alone: for the common decoders."""

from __future__ import annotations

from collections.abc import Mapping

GATED = frozenset(("gemma", "llama", "mistral", "phi3", "qwen2", "qwen3", "stablelm", "yi"))
"""Decoders of LLaMA's form: three matrices in the feed-forward part, no biases that count."""


def parameter_count(config: Mapping[str, object]) -> int | None:
    """None for a config of another form. Biases and norms, less than a thousandth, are left out."""
    kind = config.get("model_type")
    if isinstance(kind, str) and kind in GATED:
        return _gated(config)
    return _gpt2(config) if kind == "gpt2" else None


def _gated(config: Mapping[str, object]) -> int | None:
    hidden, layers = _whole(config, "hidden_size"), _whole(config, "num_hidden_layers")
    inner, vocabulary = _whole(config, "intermediate_size"), _whole(config, "vocab_size")
    heads = _whole(config, "num_attention_heads")
    if hidden is None or layers is None or inner is None or vocabulary is None or heads is None:
        return None
    shared = _whole(config, "num_key_value_heads") or heads
    head = _whole(config, "head_dim") or hidden // heads
    attention = 2 * hidden * heads * head + 2 * hidden * shared * head
    tables = 1 if config.get("tie_word_embeddings") is True else 2
    return tables * vocabulary * hidden + layers * (attention + 3 * hidden * inner)


def _gpt2(config: Mapping[str, object]) -> int | None:
    hidden, layers = _whole(config, "n_embd"), _whole(config, "n_layer")
    vocabulary, positions = _whole(config, "vocab_size"), _whole(config, "n_positions")
    if hidden is None or layers is None or vocabulary is None or positions is None:
        return None
    return (vocabulary + positions) * hidden + layers * 12 * hidden * hidden


def _whole(config: Mapping[str, object], key: str) -> int | None:
    value = config.get(key)
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else None
