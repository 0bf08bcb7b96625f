"""What is read of models without opening their numbers, and of model types without importing a library."""

from __future__ import annotations

import os
from pathlib import Path

from recipes import training_interpreter, write_weights
from tiny_model import write_model
from tiny_tokenizer import write_tokenizer
from tunesmith.facts.model_class import UNKNOWN, read_model_class
from tunesmith.facts.model_folder import read_model_folder
from tunesmith.facts.model_types import read_model_types
from tunesmith.facts.tokenizer_folder import read_tokenizer_folder
from tunesmith.facts.weights import leaves


def test_names_of_weights(tmp_path: Path) -> None:
    found = read_model_folder(write_model(tmp_path / "m"))
    assert (found.model_type, found.modules) == ("bert", ("embeddings.word_embeddings",))
    write_weights(tmp_path / "layers", "bert")
    assert leaves(read_model_folder(tmp_path / "layers").modules or ()) == ("query", "value", "LayerNorm")
    index = tmp_path / "parts" / "model.safetensors.index.json"
    index.parent.mkdir()
    index.write_text('{"weight_map": {"h.0.attn.c_attn.weight": "a.safetensors"}}')
    assert read_model_folder(index.parent).modules == ("h.0.attn.c_attn",)


def test_a_header_that_is_none_is_unknown(tmp_path: Path) -> None:
    for number, data in enumerate((b"", b"\xff" * 20, b"\x02\0\0\0\0\0\0\0[]")):
        folder = tmp_path / str(number)
        folder.mkdir()
        (folder / "model.safetensors").write_bytes(data)
        assert read_model_folder(folder).modules is None


def test_special_tokens_and_size(tmp_path: Path) -> None:
    found = read_tokenizer_folder(write_tokenizer(tmp_path / "t"))
    assert (found.can_pad, found.size) == (True, 11)
    about = tmp_path / "t" / "tokenizer_config.json"
    about.write_text('{"tokenizer_class": "PreTrainedTokenizerFast"}')
    assert read_tokenizer_folder(tmp_path / "t").can_pad is False
    about.write_text('{"tokenizer_class": "BertTokenizer"}')
    assert read_tokenizer_folder(tmp_path / "t").can_pad is None, "its class has tokens of its own"


def test_files_that_hold_something_else(tmp_path: Path) -> None:
    (tmp_path / "tokenizer.json").write_text('{"model": {"vocab": {"a": 1}}, "added_tokens": 5}')
    assert read_tokenizer_folder(tmp_path).size == 2
    (tmp_path / "model.safetensors.index.json").write_text('{"weight_map": [["."]]}')
    assert read_model_folder(tmp_path).modules is None


def test_pipes_are_not_waited_for(tmp_path: Path) -> None:
    for name in ("config.json", "tokenizer.json", "tokenizer_config.json", "model.safetensors"):
        os.mkfifo(tmp_path / name)
    assert read_model_folder(tmp_path).modules is None
    assert read_tokenizer_folder(tmp_path).size is None


def test_model_types_and_their_classes() -> None:
    root = training_interpreter().site_packages[0]
    types = read_model_types([root])
    assert types is not None
    assert types.classes["llama"] == "LlamaConfig"
    assert types.can("llama", "causal-lm")
    assert types.can("t5", "causal-lm") is False
    assert types.can("a type of somebody's own", "causal-lm") is None
    assert (types.lora or {})["bert"] == ("query", "value")
    one = read_model_class(root, types.folder("gpt2"), "gpt2")
    assert {"n_embd", "n_layer"} <= set(one.library.fields)
    assert {"hidden_size", "attn_implementation"} <= one.asked, "other names of fields, and of the base"
    assert "c_attn" in one.layers
    assert read_model_class(root, types.folder("gpt2"), "no-such-type") is UNKNOWN
