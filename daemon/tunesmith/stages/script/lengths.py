"""Rules about texts that are longer than the positions that a model has."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from tunesmith.core.fact import Facts
from tunesmith.core.finding import Finding, Severity
from tunesmith.core.path import RecipePath
from tunesmith.core.rule import rule
from tunesmith.facts.model_folder import ModelFolder
from tunesmith.facts.names import (
    MODEL,
    SCRIPT_ARGUMENTS,
    SCRIPT_USE,
    TOKENIZER,
    TRAIN_FILE,
    TRAINING_ARGUMENTS,
    VERSIONS,
)
from tunesmith.facts.release import before
from tunesmith.facts.script_use import ScriptUse
from tunesmith.stages.script.expressions import argument, truth, whole

if TYPE_CHECKING:
    from tunesmith.stages.recipe import Recipe

LENGTH: RecipePath = ("data", "max_length")
LENGTHS = ("max_length", "max_seq_length", "block_size")
SPECIALS = 2
"""What such models put before and after a text."""
OFFSET = (
    "camembert",
    "data2vec-text",
    "longformer",
    "roberta",
    "roberta-prelayernorm",
    "xlm-roberta",
    "xlm-roberta-xl",
)
"""Models that count positions from behind the padding token's id."""
LEARNED = (
    "albert",
    "bert",
    "big_bird",
    "convbert",
    "distilbert",
    "electra",
    "ernie",
    "gpt2",
    "gpt_neo",
    "layoutlm",
    "megatron-bert",
    "mobilebert",
    "openai-gpt",
    "opt",
    "splinter",
    "squeezebert",
    *OFFSET,
)
"""Models with a table of positions, which has an end."""


def positions(model: ModelFolder) -> int | None:
    """The most tokens that the model has a place for; None for one that has no such end, or is not known."""
    if model.model_type not in LEARNED:
        return None
    most = whole(model.config.get("max_position_embeddings", model.config.get("n_positions")))
    if most is None or model.model_type not in OFFSET:
        return most
    padding = whole(model.config.get("pad_token_id", 1))
    return None if padding is None else most - padding - 1


@rule(
    "TN331",
    Severity.ERROR,
    "The longest text has more than {found} words and the model {most} positions: nothing cuts it before",
    needs=(SCRIPT_USE, TRAIN_FILE, MODEL),
)
def longer_than_all_positions(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """The data holds a text that the model has no positions for, and the script does not cut it.

    Why: a model with a table of positions has no row for what lies behind its end. It is met with the first
    such text, which can be hours away. A word is one token at least.
    Library: torch: IndexError, index out of range in self; on a GPU an assertion, srcIndex <
    srcSelectDimSize.
    Flags:
        # launch python train.py train.yaml
        # file m/config.json: {"model_type": "bert", "max_position_embeddings": 4}
        # file d.jsonl: {"text": "one two three four five six"}
        # script d.map(lambda row: tokenizer(row["text"]))
        # script Trainer(AutoModelForMaskedLM.from_pretrained("m"))
        model_name_or_path: m
        train_file: d.jsonl
        num_train_epochs: 1
    Accepts:
        # launch python train.py train.yaml
        # file m/config.json: {"model_type": "bert", "max_position_embeddings": 4}
        # file d.jsonl: {"text": "one two three four five six"}
        # script d.map(lambda row: tokenizer(row["text"], truncation=True, max_length=4))
        # script Trainer(AutoModelForMaskedLM.from_pretrained("m"))
        model_name_or_path: m
        train_file: d.jsonl
        num_train_epochs: 1
        ---
        # launch python train.py train.yaml
        # file m/config.json: {"model_type": "llama", "max_position_embeddings": 4}
        # file d.jsonl: {"text": "one two three four five six"}
        # script d.map(lambda row: tokenizer(row["text"]))
        # script Trainer(AutoModelForCausalLM.from_pretrained("m"))
        model_name_or_path: m
        train_file: d.jsonl
        num_train_epochs: 1
    """
    use, most, contents = facts[SCRIPT_USE], positions(facts[MODEL]), facts[TRAIN_FILE].contents
    if most is None or contents is None or use.trainer is None or len(use.encodings) != 1:
        return
    read = {text.strip("'\"") for text in use.columns_read} & contents.columns.keys()
    longest = max((contents.columns[name].most_pieces for name in read), default=0)
    kept = _cut(use, recipe, facts)
    # Scripts that group what they have encoded cut it there.
    groups = any("group" in name or "chunk" in name or "block" in name for name in use.calls | use.names)
    if kept is not None and longest > most and kept > most and not groups:
        yield longer_than_all_positions.at(*_where(recipe), found=longest - 1, most=most)


@rule("TN332", Severity.WARNING, "Texts are cut at {found} tokens, and the model has {most} positions{why}")
def longer_than_positions(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """Texts may be longer than the model has positions for.

    Why: a model with a table of positions has no row for what lies behind its end, and RoBERTa counts from
    behind the id of its padding token: it has two positions less than its config says. The language model
    examples before transformers 2.2 add two special tokens to a block on top, where the tokenizer says no
    maximum of its own.
    Library: silent, until such a text comes; then torch: IndexError, index out of range in self.
    Flags:
        # launch trl sft --config train.yaml
        # packages transformers 4.44.2, trl 0.9.6
        # file m/config.json: {"model_type": "gpt2", "n_positions": 1024}
        model_name_or_path: m
        max_seq_length: 2048
        ---
        # launch python run_lm_finetuning.py train.yaml
        # packages transformers 2.1.1
        # file m/config.json: {"model_type": "roberta", "max_position_embeddings": 514, "pad_token_id": 1}
        model_name_or_path: m
        block_size: 512
        num_train_epochs: 1
        save_total_limit: 2
    Accepts:
        # launch trl sft --config train.yaml
        # packages transformers 4.44.2, trl 0.9.6
        # file m/config.json: {"model_type": "gpt2", "n_positions": 1024}
        model_name_or_path: m
        max_seq_length: 1024
        ---
        # launch python run_lm_finetuning.py train.yaml
        # packages transformers 2.1.1
        # file m/config.json: {"model_type": "roberta", "max_position_embeddings": 514, "pad_token_id": 1}
        model_name_or_path: m
        block_size: 510
        num_train_epochs: 1
        save_total_limit: 2
        ---
        # launch python run_lm_finetuning.py train.yaml
        # packages transformers 2.1.1
        # file m/config.json: {"model_type": "roberta", "max_position_embeddings": 514, "pad_token_id": 1}
        # file m/tokenizer_config.json: {"max_len": 512}
        model_name_or_path: m
        block_size: 512
        num_train_epochs: 1
        save_total_limit: 2
    """
    most = positions(facts[MODEL]) if MODEL in facts else None
    if most is None:
        return
    found, adds = _asked(recipe, facts)
    if found is not None and found + adds > most:
        why = f", {adds} of which are special tokens" if adds else ""
        yield longer_than_positions.at(*LENGTH, on="value", found=found, most=most, why=why)


def _asked(recipe: Recipe, facts: Facts) -> tuple[int | None, int]:
    """The length that texts are cut to where nothing else cuts them, and what is added to it."""
    written = [recipe.data.max_length if recipe.data else None]
    written += [recipe.train.get(key) for key in LENGTHS] + [recipe.args.get(key) for key in LENGTHS]
    length = next((found for one in written if (found := whole(one)) is not None), None)
    use, library = facts.get(SCRIPT_USE), facts.get(TRAINING_ARGUMENTS)
    if use is not None and len(use.encodings) == 1 and use.trainer is not None:
        kept = _cut(use, recipe, facts)
        return (kept if kept == length else None), 0
    if recipe.script is not None:
        blocks = "block_size" in recipe.args and recipe.args["block_size"] == length
        early = before(facts.get(VERSIONS) or {}, "transformers", (2, 2)) is True
        tokenizer = facts.get(TOKENIZER)
        unlimited = tokenizer is not None and tokenizer.max_length is None
        return (length, SPECIALS) if use is None and blocks and early and unlimited else (None, 0)
    return (length if library is not None and library.package == "trl" else None), 0


def _cut(use: ScriptUse, recipe: Recipe, facts: Facts) -> int | None:
    """How many tokens the script's one call of a tokenizer leaves; None when that is not plain."""
    given, taken = use.encodings[0], facts.get(SCRIPT_ARGUMENTS)
    text = given.get("truncation")
    cuts = False if text is None else truth(text, recipe, taken)
    if cuts is False:
        return 1 << 30
    return whole(argument(given["max_length"], recipe, taken)) if cuts and "max_length" in given else None


def _where(recipe: Recipe) -> RecipePath:
    return LENGTH if recipe.data is not None and recipe.data.max_length is not None else ("data", "train")


RULES = (longer_than_all_positions, longer_than_positions)
