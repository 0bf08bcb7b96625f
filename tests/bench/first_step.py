"""A training that says when it has made its first step, and ends: the same script alone and under Tunesmith.

Usage: first_step.py --folder FOLDER --name NAME. Rank 0 leaves FOLDER/NAME: the seconds since the epoch.
"""

import argparse
import time
from pathlib import Path

import accelerate
import datasets
import torch
from transformers import (
    BertConfig,
    BertForSequenceClassification,
    Trainer,
    TrainerCallback,
    TrainingArguments,
)

parser = argparse.ArgumentParser()
parser.add_argument("--folder", type=Path)
parser.add_argument("--name")
args = parser.parse_args()


class FirstStep(TrainerCallback):
    def on_step_end(self, given, state, control, **_):
        if accelerate.PartialState().is_main_process:
            partial = args.folder / f"{args.name}.partial"
            partial.write_text(str(time.time()))
            partial.rename(args.folder / args.name)
        control.should_training_stop = True


torch.manual_seed(0)
config = BertConfig(
    vocab_size=100, hidden_size=32, num_hidden_layers=2, num_attention_heads=2, intermediate_size=64
)
tokens = torch.randint(0, 100, (64, 16)).tolist()
rows = datasets.Dataset.from_dict({"input_ids": tokens, "labels": [number % 2 for number in range(64)]})
given = TrainingArguments(
    output_dir=str(args.folder / f"{args.name}-output"), use_cpu=True, report_to=[], save_strategy="no"
)
Trainer(BertForSequenceClassification(config), given, train_dataset=rows, callbacks=[FirstStep()]).train()
