"""What transformers refuses of models and tokenizers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from transformers import (
    AutoConfig,
    AutoModelForCausalLM,
    AutoTokenizer,
    BertConfig,
    BertForSequenceClassification,
    BitsAndBytesConfig,
    DataCollatorWithPadding,
    LlamaConfig,
    T5Config,
)

from corpus.replays import parts
from corpus.replays.replay import Replay


def of_folder_without_config(folder: Path) -> None:
    AutoModelForCausalLM.from_pretrained(str(folder), local_files_only=True)


def of_folder_without_weights(folder: Path) -> None:
    parts.decoder().config.save_pretrained(folder)
    AutoModelForCausalLM.from_pretrained(str(folder), local_files_only=True, use_safetensors=True)


def of_wrong_type(folder: Path) -> None:
    wrong: Any = {"hidden_size": "16"}
    LlamaConfig(**wrong)


def for_another_task(folder: Path) -> None:
    AutoModelForCausalLM.from_config(T5Config(d_model=16, num_layers=1, num_heads=2))


def pads_with_nothing(folder: Path) -> None:
    parts.tokenizer()(["a", "a b"], padding=True)


def classifies_without_padding(folder: Path) -> None:
    parts.decoder_that_classifies()(input_ids=torch.ones((2, 3), dtype=torch.long))


def chats_without_a_template(folder: Path) -> None:
    parts.tokenizer().apply_chat_template([{"role": "user", "content": "a"}])


def without_its_tokenizer(folder: Path) -> None:
    AutoTokenizer.from_pretrained(str(folder), local_files_only=True)


def longer_than_its_positions(folder: Path) -> None:
    parts.decoder_that_classifies()(input_ids=torch.ones((1, 16), dtype=torch.long))


def of_labels(labels: list[Any], **given: Any) -> Any:
    def call(folder: Path) -> None:
        model = BertForSequenceClassification(BertConfig(**parts.SMALL, **given))
        model(
            input_ids=torch.ones((len(labels), 3), dtype=torch.long), labels=torch.tensor(labels)
        ).loss.backward()

    return call


def collates_texts(folder: Path) -> None:
    collate = DataCollatorWithPadding(parts.tokenizer(pad_token="?"))
    collate([{"input_ids": [1, 2], "labels": "good"}, {"input_ids": [1, 2], "labels": "bad"}])


REPLAYS = (
    Replay("TN247", "ValueError", "must be the same as input size", of_labels([1.0, 0.5], num_labels=3)),
    Replay(
        "TN255",
        "RuntimeError",
        "can't be cast to the desired output type",
        of_labels([[0, 1], [1, 1]], problem_type="multi_label_classification"),
    ),
    Replay(
        "TN654",
        "ValueError",
        "load_in_4bit and load_in_8bit are both True",
        lambda _: BitsAndBytesConfig(load_in_4bit=True, load_in_8bit=True),
    ),
    Replay("TN331", "IndexError", "index out of range in self", longer_than_its_positions),
    Replay("TN245", "IndexError", "Target 7 is out of bounds", of_labels([7])),
    Replay("TN248", "ValueError", "Unable to create tensor", collates_texts),
    Replay("TN301", "ValueError", "Unrecognized model in", of_folder_without_config),
    Replay("TN301", "OSError", "no file named model.safetensors", of_folder_without_weights),
    Replay(
        "TN302",
        "OSError",
        "Repo id must be in the form",
        lambda _: AutoModelForCausalLM.from_pretrained("models/of/mine", local_files_only=True),
    ),
    Replay(
        "TN303",
        "OSError",
        "couldn't connect to",
        lambda _: AutoModelForCausalLM.from_pretrained("nobody/has-this", local_files_only=True),
    ),
    Replay("TN306", "ValueError", "Unrecognized model identifier", lambda _: AutoConfig.for_model("lama")),
    Replay("TN307", "ValueError", "Unrecognized configuration class", for_another_task),
    Replay(
        "TN309",
        "StrictDataclassFieldValidationError",
        "hidden_size",
        of_wrong_type,
    ),
    Replay(
        "TN310",
        "OSError",
        "",
        lambda _: AutoTokenizer.from_pretrained("models/of/mine", local_files_only=True),
    ),
    Replay("TN310", "ValueError", "", without_its_tokenizer),
    Replay(
        "TN322",
        "ValueError",
        "Asking to pad but the tokenizer does not have a padding token",
        pads_with_nothing,
    ),
    Replay(
        "TN323",
        "ValueError",
        "Cannot handle batch sizes > 1 if no padding token is defined",
        classifies_without_padding,
    ),
    Replay(
        "TN325",
        "ValueError",
        "Cannot use chat template functions because tokenizer.chat_template is not set",
        chats_without_a_template,
    ),
)
