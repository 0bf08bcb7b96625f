"""Rules about the tokenizer, and about the lengths of texts in its tokens."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from tunesmith.core.fact import Facts
from tunesmith.core.finding import Finding, Fix, SetValue, Severity
from tunesmith.core.rule import rule
from tunesmith.facts.names import MODEL, TOKENIZER, TOKENIZER_FOLDER

if TYPE_CHECKING:
    from tunesmith.stages.recipe import Recipe

VOCABULARY = ("model", "config", "vocab_size")
# The names that model types have for the longest text.
POSITIONS = ("max_position_embeddings", "n_positions", "n_ctx", "max_seq_len", "seq_length")


@rule("TN310", Severity.ERROR, "{problem}")
def tokenizer_missing(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """The folder that `model.tokenizer` names is not there, or holds no tokenizer.

    Why: the tokenizer cannot be loaded. It is looked for from the folder of the recipe.
    Library: transformers, AutoTokenizer.from_pretrained: OSError or HFValidationError.
    Flags:
        model: {config: {model_type: llama}, tokenizer: ./nowhere}
        ---
        # file t/readme.md: nothing
        model: {config: {model_type: llama}, tokenizer: ./t}
    Accepts:
        # file t/tokenizer.json: {}
        model: {config: {model_type: llama}, tokenizer: ./t}
    """
    folder = facts.get(TOKENIZER_FOLDER)
    if recipe.model is None or folder is None or not folder.readable or folder.has_tokenizer:
        return
    name = recipe.model.tokenizer
    problem = f"{name} holds no tokenizer" if folder.exists else f"There is no tokenizer folder {name}"
    if not folder.exists and folder.hub:
        problem = f"{name} is no folder here and not in the cache of models"
    yield tokenizer_missing.at("model", "tokenizer", on="value", problem=problem)


@rule(
    "TN311",
    Severity.ERROR,
    "The tokenizer names no pad_token and no eos_token in its tokenizer_config.json",
    needs=(TOKENIZER,),
)
def tokenizer_cannot_pad(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """The tokenizer has no token to fill up short texts with. The end token serves where there is no other.

    Why: texts of one batch have to have one length.
    Library: tunesmith, loading the tokenizer: ValueError, … has neither a pad_token nor an eos_token.
    Flags:
        # file t/tokenizer.json: {"model": {"vocab": {}}}
        # file t/tokenizer_config.json: {"tokenizer_class": "PreTrainedTokenizerFast"}
        model: {config: {model_type: llama}, tokenizer: ./t}
    Accepts:
        # file t/tokenizer.json: {"model": {"vocab": {}}}
        # file t/tokenizer_config.json: {"tokenizer_class": "PreTrainedTokenizerFast", "eos_token": "<end>"}
        model: {config: {model_type: llama}, tokenizer: ./t}
        ---
        # file t/tokenizer.json: {}
        # file t/tokenizer_config.json: {"tokenizer_class": "BertTokenizer"}
        model: {config: {model_type: llama}, tokenizer: ./t}
    """
    if facts[TOKENIZER].can_pad is False and recipe.model is not None:
        key = "tokenizer" if recipe.model.tokenizer is not None else "name_or_path"
        yield tokenizer_cannot_pad.at("model", key, on="value")


@rule(
    "TN312",
    Severity.WARNING,
    "The tokenizer has {size} tokens and vocab_size is {found}: later tokens end the run",
    needs=(TOKENIZER,),
)
def vocabulary_too_small(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """The model has fewer tokens than the tokenizer. Left out, vocab_size is that of the tokenizer.

    Why: the first text with a token that the model has no weights for ends the run.
    Library: silent, until such a text comes; then torch: IndexError, index out of range in self.
    Flags:
        # file t/tokenizer.json: {"model": {"vocab": {"a": 0, "b": 1, "c": 2}}}
        model: {config: {model_type: llama, vocab_size: 2}, tokenizer: ./t}
    Accepts:
        # file t/tokenizer.json: {"model": {"vocab": {"a": 0, "b": 1, "c": 2}}}
        model: {config: {model_type: llama, vocab_size: 3}, tokenizer: ./t}
    """
    size = facts[TOKENIZER].size
    found = recipe.model.config.get("vocab_size") if recipe.model else None
    if size is not None and isinstance(found, int) and found < size:
        fix = Fix(f"Change to {size}", (SetValue(VOCABULARY, str(size)),), preferred=True)
        yield vocabulary_too_small.at(*VOCABULARY, on="value", size=size, found=found, fixes=(fix,))


@rule("TN313", Severity.WARNING, "The model takes {most} tokens: max_length {found} is cut to that")
def longer_than_the_model(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """`data.max_length` is more than the model has positions.

    Why: texts are cut to what the model can take.
    Library: silent.
    Flags:
        # file m/config.json: {"model_type": "bert", "max_position_embeddings": 512}
        # file m/model.safetensors:
        model: {name_or_path: ./m}
        data: {train: d.csv, columns: {text: a, label: b}, max_length: 1024}
        ---
        model: {config: {model_type: llama, max_position_embeddings: 128}, tokenizer: ./t}
        data: {train: d.csv, columns: {text: a, label: b}, max_length: 256}
    Accepts:
        # file m/config.json: {"model_type": "bert", "max_position_embeddings": 512}
        # file m/model.safetensors:
        model: {name_or_path: ./m}
        data: {train: d.csv, columns: {text: a, label: b}, max_length: 512}
    """
    if recipe.model is None or recipe.data is None or recipe.data.max_length is None:
        return
    folder = facts.get(MODEL)
    config = recipe.model.config or (folder.config if folder else {})
    most = next((one for key in POSITIONS if isinstance(one := config.get(key), int)), None)
    if most is not None and recipe.data.max_length > most:
        path = ("data", "max_length")
        fix = Fix(f"Change to {most}", (SetValue(path, str(most)),), preferred=True)
        yield longer_than_the_model.at(
            *path, on="value", most=most, found=recipe.data.max_length, fixes=(fix,)
        )


RULES = (tokenizer_missing, tokenizer_cannot_pad, vocabulary_too_small, longer_than_the_model)
