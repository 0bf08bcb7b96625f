"""Fine-tune a text classifier with transformers' Trainer: config → data → model → loop."""

from __future__ import annotations

import dataclasses
import os
from typing import Any

import datasets
import transformers
from datasets import Dataset
from transformers import (
    AutoModelForSequenceClassification,
    AutoTokenizer,
    DataCollatorWithPadding,
    PreTrainedModel,
    PreTrainedTokenizerBase,
    Trainer,
    TrainingArguments,
    set_seed,
)

from tunesmith.core.context import Context
from tunesmith.core.run import Phase
from tunesmith.stages.data.main import LabelledText, load
from tunesmith.stages.train.config import TrainStage
from tunesmith.stages.train.metrics import accuracy_and_f1
from tunesmith.stages.train.reporter import Reporter


def main(config: TrainStage, context: Context) -> None:
    datasets.disable_progress_bars()
    transformers.utils.logging.disable_progress_bar()
    arguments = training_arguments(config, context)
    set_seed(arguments.seed)  # The classifier's head is drawn when the model is loaded, before Trainer seeds.

    with arguments.main_process_first(desc="reading the data"):
        data = load(config.data)
    tokenizer = AutoTokenizer.from_pretrained(config.model.name_or_path, local_files_only=True)
    model = classifier(config.model.name_or_path, data.names)
    longest = longest_text(config.data.max_length, tokenizer, model)

    reporter = Reporter(context)
    trainer = Trainer(
        model=model,
        args=arguments,
        train_dataset=tokenised(data.train, tokenizer, longest),
        eval_dataset=None if data.validation is None else tokenised(data.validation, tokenizer, longest),
        processing_class=tokenizer,
        data_collator=DataCollatorWithPadding(tokenizer),
        compute_metrics=accuracy_and_f1,
        callbacks=[reporter],
    )
    describe(data, longest, arguments)
    if not stop_before_training(context):
        train(trainer, reporter, context)


def training_arguments(config: TrainStage, context: Context) -> TrainingArguments:
    """The recipe's keys verbatim, over our defaults, under what the run owns. Unknown keys raise."""
    known = {field.name for field in dataclasses.fields(TrainingArguments)}
    defaults: dict[str, Any] = {
        "logging_nan_inf_filter": False,  # True writes the running average where the loss was NaN.
        "average_tokens_across_devices": False,  # True multiplies the logged loss by the number of ranks.
        "disable_tqdm": True,  # Bars are for terminals; this output is a file.
    }
    owned = {"output_dir": str(context.checkpoints), "report_to": ["tensorboard"]}
    if "logging_dir" in known:  # transformers 4
        owned["logging_dir"] = str(context.events)
    os.environ["TENSORBOARD_LOGGING_DIR"] = str(context.events)
    return TrainingArguments(**{**{k: v for k, v in defaults.items() if k in known}, **config.train, **owned})


def classifier(name_or_path: str, names: tuple[str, ...]) -> PreTrainedModel:
    """The pretrained encoder under a new head with one output a label. Weights come from safetensors only."""
    return AutoModelForSequenceClassification.from_pretrained(
        name_or_path,
        num_labels=len(names),
        id2label=dict(enumerate(names)),
        label2id={name: index for index, name in enumerate(names)},
        local_files_only=True,
        use_safetensors=True,
    )


def longest_text(asked: int | None, tokenizer: PreTrainedTokenizerBase, model: PreTrainedModel) -> int | None:
    """In tokens: what was asked for, within what tokenizer and model can take; None for no limit."""
    positions = getattr(model.config, "max_position_embeddings", None)
    # A tokenizer that knows no limit says 1e30.
    limits = [limit for limit in (asked, tokenizer.model_max_length, positions) if limit and limit < 1e9]
    return min(limits, default=None)


def tokenised(rows: Dataset, tokenizer: PreTrainedTokenizerBase, longest: int | None) -> Dataset:
    """`input_ids` and the like for each row; padding is left to the collator, batch by batch."""

    def tokenise(batch: dict[str, list[Any]]) -> Any:
        return tokenizer(batch["text"], truncation=longest is not None, max_length=longest)

    return rows.map(tokenise, batched=True, remove_columns=["text"])


def describe(data: LabelledText, longest: int | None, arguments: TrainingArguments) -> None:
    evaluated = 0 if data.validation is None else len(data.validation)
    print(f"{len(data.train)} rows to train on, {evaluated} to evaluate on, at most {longest} tokens each")
    print(f"labels: {', '.join(data.names)}; device: {arguments.device}; ranks: {arguments.world_size}")


def stop_before_training(context: Context) -> bool:
    """Alone, a rank that was told to stop while it loaded ends here; several stop after a first step."""
    return context.world_size == 1 and context.stop_requested()


def train(trainer: Trainer, reporter: Reporter, context: Context) -> None:
    """The loop, and the model it leads to. A stopped training has its last checkpoint instead."""
    trainer.train()
    if reporter.stopping:
        return
    context.progress(Phase.SAVING)
    final = context.checkpoints / "final"
    trainer.save_model(str(final))
    context.artifact("model", final, step=trainer.state.global_step)
