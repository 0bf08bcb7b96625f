"""Rules about the special tokens and the chat template of a tokenizer that a script trains with."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from tunesmith.core.fact import Facts
from tunesmith.core.finding import Finding, Severity
from tunesmith.core.path import RecipePath
from tunesmith.core.rule import rule
from tunesmith.facts.names import MODEL, SCRIPT_USE, TOKENIZER, TRAIN_COLUMNS, TRAINING_ARGUMENTS, VERSIONS
from tunesmith.facts.release import before
from tunesmith.facts.script_use import ScriptUse
from tunesmith.stages.train.rules.written import number, value

if TYPE_CHECKING:
    from tunesmith.stages.recipe import Recipe

WITHOUT_PADDING = frozenset(
    ("CodeGenTokenizer", "GPT2Tokenizer", "GPTNeoXTokenizer", "LlamaTokenizer", "CodeLlamaTokenizer")
)
"""Tokenizers whose class has no padding token of its own: `pad_token=None` in their `__init__`."""
CAUSAL = frozenset(
    ("gpt2", "gpt_neo", "gpt_neox", "gptj", "llama", "mistral", "mixtral", "falcon", "phi", "qwen2")
)
"""Models whose sequence classification looks for the last token that is no padding."""
PAD: RecipePath = ("tokenizer", "pad_token")
LANGUAGE_COLLATOR = "DataCollatorForLanguageModeling"


def sets_padding(use: ScriptUse | None) -> bool:
    """Whether the script chooses a padding token itself."""
    if use is None:
        return False
    return any(name.endswith("pad_token") for name in use.assigned) or "add_special_tokens" in use.calls


def masks_padding(recipe: Recipe, facts: Facts) -> bool:
    """Whether labels are masked wherever the padding token stands."""
    use = facts.get(SCRIPT_USE)
    if use is None:
        library = facts.get(TRAINING_ARGUMENTS)
        trl = library is not None and library.name == "SFTConfig"
        # Later ones mask by the attention mask.
        return trl and before(facts.get(VERSIONS) or {}, "trl", (0, 16)) is True
    return LANGUAGE_COLLATOR in use.given.get("data_collator", "") and "mlm=True" not in str(use.given)


@rule(
    "TN321",
    Severity.WARNING,
    "Padding with the token that ends a text: it is masked everywhere, and the model never learns to stop",
    needs=(TOKENIZER,),
)
def padding_is_the_end(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """The tokenizer pads with the token that ends a text, and what is padding is masked.

    Why: labels are masked wherever the padding token stands, so the end of a text is never among them.
    Library: silent.
    Flags:
        # launch trl sft --config train.yaml
        # packages transformers 4.44.2, trl 0.9.6
        # file m/tokenizer_config.json: {"pad_token": "</s>", "eos_token": "</s>"}
        model_name_or_path: m
        num_train_epochs: 1
    Accepts:
        # launch trl sft --config train.yaml
        # packages transformers 4.44.2, trl 0.9.6
        # file m/tokenizer_config.json: {"pad_token": "<unk>", "eos_token": "</s>"}
        model_name_or_path: m
        num_train_epochs: 1
        ---
        # launch trl sft --config train.yaml
        # packages transformers 4.44.2, trl 0.9.6
        # file m/tokenizer_config.json: {"pad_token": "</s>", "eos_token": "</s>"}
        model_name_or_path: m
        packing: true
    """
    special = facts[TOKENIZER].special or {}
    pad = special.get("pad_token")
    packs = recipe.train.get("packing") is True or recipe.args.get("packing") is True
    same = pad is not None and pad == special.get("eos_token")
    if same and not packs and not sets_padding(facts.get(SCRIPT_USE)) and masks_padding(recipe, facts):
        yield padding_is_the_end.at(*PAD)


@rule(
    "TN322",
    Severity.ERROR,
    "{script} pads its texts, and the tokenizer has no token for that",
    needs=(TOKENIZER, SCRIPT_USE),
)
def nothing_to_pad_with(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """Texts are padded, and the tokenizer has no padding token.

    Why: the first batch, or the preparation of the data, ends the run.
    Library: transformers: ValueError, Asking to pad but the tokenizer does not have a padding token.
    Flags:
        # launch python train.py train.yaml
        # file m/tokenizer_config.json: {"tokenizer_class": "GPT2Tokenizer", "eos_token": "<|endoftext|>"}
        # script Trainer(model, data_collator=DataCollatorWithPadding(tokenizer))
        model_name_or_path: m
    Accepts:
        # launch python train.py train.yaml
        # file m/tokenizer_config.json: {"tokenizer_class": "GPT2Tokenizer", "pad_token": "<|pad|>"}
        # script Trainer(model, data_collator=DataCollatorWithPadding(tokenizer))
        model_name_or_path: m
        ---
        # launch python train.py train.yaml
        # file m/tokenizer_config.json: {"tokenizer_class": "BertTokenizer"}
        # script Trainer(model, data_collator=DataCollatorWithPadding(tokenizer))
        model_name_or_path: m
    """
    tokenizer, use = facts[TOKENIZER], facts[SCRIPT_USE]
    kind = (tokenizer.tokenizer_class or "").removesuffix("Fast")
    absent = tokenizer.special is not None and not tokenizer.special.get("pad_token")
    pads = "DataCollatorWithPadding" in use.given.get("data_collator", "")
    if absent and kind in WITHOUT_PADDING and pads and not sets_padding(use):
        yield nothing_to_pad_with.at("model", "name_or_path", script=recipe.script)


@rule(
    "TN323",
    Severity.ERROR,
    "{path} says no pad_token_id, and batches of {batch} need one to find where each text ends",
    needs=(MODEL, SCRIPT_USE, TRAINING_ARGUMENTS),
)
def classifier_without_padding(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """A language model is trained as a classifier in batches, and its config knows no padding token.

    Why: the class is read at the last token of each text, which padding hides.
    Library: transformers: ValueError, Cannot handle batch sizes > 1 if no padding token is defined.
    Flags:
        # launch python train.py train.yaml
        # packages transformers 4.44.2
        # file m/config.json: {"model_type": "llama"}
        # script Trainer(AutoModelForSequenceClassification.from_pretrained(m))
        model_name_or_path: m
        per_device_train_batch_size: 4
    Accepts:
        # launch python train.py train.yaml
        # packages transformers 4.44.2
        # file m/config.json: {"model_type": "llama", "pad_token_id": 0}
        # script Trainer(AutoModelForSequenceClassification.from_pretrained(m))
        model_name_or_path: m
        per_device_train_batch_size: 4
        ---
        # launch python train.py train.yaml
        # packages transformers 4.44.2
        # file m/config.json: {"model_type": "bert"}
        # script Trainer(AutoModelForSequenceClassification.from_pretrained(m))
        model_name_or_path: m
        per_device_train_batch_size: 4
    """
    model, use = facts[MODEL], facts[SCRIPT_USE]
    batch = number(value(recipe.train, facts[TRAINING_ARGUMENTS], "per_device_train_batch_size"))
    classifies = (use.model_class or "").endswith("ForSequenceClassification")
    known = model.model_type in CAUSAL and model.config.get("pad_token_id") is None
    chosen = any(name.endswith("pad_token_id") for name in use.assigned)
    if classifies and known and not chosen and batch is not None and batch > 1:
        path = recipe.model.name_or_path if recipe.model else ""
        yield classifier_without_padding.at("model", "name_or_path", path=path, batch=int(batch))


@rule(
    "TN324", Severity.WARNING, "{name} is an empty text: the tokenizer has no such token", needs=(TOKENIZER,)
)
def empty_special_token(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """A special token of the tokenizer is the empty text, as in early conversions of LLaMA.

    Why: texts get no beginning and no end, and the ids of the missing tokens are those of others.
    Library: silent.
    Flags:
        # launch trl sft --config train.yaml
        # file m/tokenizer_config.json: {"eos_token": "", "bos_token": "<s>"}
        model_name_or_path: m
    Accepts:
        # launch trl sft --config train.yaml
        # file m/tokenizer_config.json: {"eos_token": "</s>", "pad_token": null}
        model_name_or_path: m
    """
    for name, text in (facts[TOKENIZER].special or {}).items():
        if text == "":
            yield empty_special_token.at("tokenizer", name, name=name)


@rule(
    "TN325",
    Severity.ERROR,
    "{data} holds conversations, and the tokenizer of {model} has no chat template to write them with",
    needs=(TOKENIZER, TRAIN_COLUMNS),
)
def no_chat_template(recipe: Recipe, facts: Facts) -> Iterable[Finding]:
    """The data holds messages, and nothing says how they are written as text.

    Why: the first row that is prepared ends the run.
    Library: transformers, apply_chat_template: ValueError, Cannot use chat template functions because
    tokenizer.chat_template is not set and no template argument was passed.
    Flags:
        # launch trl sft --config train.yaml
        # packages transformers 4.48.1, trl 0.14.0
        # file m/tokenizer_config.json: {"eos_token": "</s>"}
        # file d/train.jsonl: {"messages": []}
        model_name_or_path: m
        dataset_name: d
    Accepts:
        # launch trl sft --config train.yaml
        # packages transformers 4.48.1, trl 0.14.0
        # file m/tokenizer_config.json: {"eos_token": "</s>", "chat_template": "{{ messages }}"}
        # file d/train.jsonl: {"messages": []}
        model_name_or_path: m
        dataset_name: d
        ---
        # launch trl sft --config train.yaml
        # packages transformers 4.48.1, trl 0.14.0
        # file m/tokenizer_config.json: {"eos_token": "</s>"}
        # file d/train.jsonl: {"text": ""}
        model_name_or_path: m
        dataset_name: d
    """
    columns = facts[TRAIN_COLUMNS]
    library = facts.get(TRAINING_ARGUMENTS)
    by_trl = library is not None and library.package == "trl" and recipe.script is None
    given = recipe.args.get("chat_template") or recipe.args.get("chat_template_path")
    given = given or recipe.train.get("chat_template_path")
    if by_trl and "messages" in columns and facts[TOKENIZER].template is False and not given:
        name = recipe.model.name_or_path if recipe.model else ""
        data = recipe.data.train if recipe.data else ""
        yield no_chat_template.at("model", "name_or_path", data=data, model=name)


RULES = (
    padding_is_the_end,
    nothing_to_pad_with,
    classifier_without_padding,
    empty_special_token,
    no_chat_template,
)
