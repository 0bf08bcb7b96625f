"""Everything that can be known. A rule names what it needs; what is not known keeps it silent."""

from __future__ import annotations

from collections.abc import Mapping

from tunesmith.core.fact import Fact
from tunesmith.facts.data_file import DataFile
from tunesmith.facts.interpreter import Interpreter
from tunesmith.facts.library import Library
from tunesmith.facts.model_folder import ModelFolder

INTERPRETER: Fact[Interpreter] = Fact("interpreter", "a training interpreter")
VERSIONS: Fact[Mapping[str, str]] = Fact("versions", "a training interpreter")
# What training needs and the interpreter certainly does not hold.
MISSING: Fact[frozenset[str]] = Fact("missing", "a training interpreter")
TRAINING_ARGUMENTS: Fact[Library] = Fact("training-arguments", "transformers in the training interpreter")
CLUSTER_CONFIG: Fact[Library] = Fact("cluster-config", "accelerate in the training interpreter")

TRAIN_FILE: Fact[DataFile] = Fact("train-file", "the training data file")
TRAIN_COLUMNS: Fact[tuple[str, ...]] = Fact("train-columns", "the columns of the training data")
TRAIN_ROWS: Fact[int] = Fact("train-rows", "the number of training rows")
VALIDATION_FILE: Fact[DataFile] = Fact("validation-file", "the validation data file")
VALIDATION_COLUMNS: Fact[tuple[str, ...]] = Fact("validation-columns", "the columns of the validation data")

MODEL: Fact[ModelFolder] = Fact("model", "the model folder")

HAS_ACCELERATOR: Fact[bool] = Fact("has-accelerator", "whether this machine has an accelerator")

# The most optimizer steps that the training can take.
TOTAL_STEPS: Fact[int] = Fact("total-steps", "the number of training steps")
