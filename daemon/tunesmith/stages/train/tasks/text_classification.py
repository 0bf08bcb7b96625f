"""Text classification: an encoder or decoder under a head with one output a label."""

from __future__ import annotations

from transformers import (
    AutoModelForSequenceClassification,
    DataCollatorWithPadding,
    PreTrainedTokenizerBase,
    TrainingArguments,
)

from tunesmith.stages.data.labelled import load_labelled
from tunesmith.stages.train.config import TrainStage
from tunesmith.stages.train.metrics import accuracy_and_f1
from tunesmith.stages.train.model import load_model, longest_text
from tunesmith.stages.train.tasks.prepared import Prepared
from tunesmith.stages.train.tasks.texts import tokenised


def prepare(config: TrainStage, tokenizer: PreTrainedTokenizerBase, arguments: TrainingArguments) -> Prepared:
    with arguments.main_process_first(desc="reading the data"):
        data = load_labelled(config.data)
    labels = {
        "num_labels": len(data.names),
        "id2label": dict(enumerate(data.names)),
        "label2id": {name: index for index, name in enumerate(data.names)},
    }
    model = load_model(AutoModelForSequenceClassification, config.model, tokenizer, labels)
    longest = longest_text(config.data.max_length, tokenizer, model.config)
    evaluated = 0 if data.validation is None else len(data.validation)
    return Prepared(
        model,
        tokenised(data.train, tokenizer, longest),
        None if data.validation is None else tokenised(data.validation, tokenizer, longest),
        DataCollatorWithPadding(tokenizer),
        about=f"{len(data.train)} rows to train on, {evaluated} to evaluate on, "
        f"at most {longest} tokens each; labels: {', '.join(data.names)}",
        compute_metrics=accuracy_and_f1,
    )
