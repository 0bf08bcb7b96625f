"""Everything that can be known. A rule names what it needs; what is not known keeps it silent."""

from __future__ import annotations

from collections.abc import Mapping

from tunesmith.core.fact import Fact
from tunesmith.facts.data_file import DataFile
from tunesmith.facts.deepspeed_file import DeepspeedFile
from tunesmith.facts.interpreter import Interpreter
from tunesmith.facts.library import Library
from tunesmith.facts.model_class import ModelClass
from tunesmith.facts.model_folder import ModelFolder
from tunesmith.facts.model_parts import ModelParts
from tunesmith.facts.model_types import ModelTypes
from tunesmith.facts.program_arguments import CommandLine
from tunesmith.facts.script_arguments import ScriptArguments
from tunesmith.facts.script_file import ModuleFile, ScriptFile
from tunesmith.facts.script_use import ScriptUse
from tunesmith.facts.started import Started
from tunesmith.facts.target import Gpu
from tunesmith.facts.target_file import TargetFile
from tunesmith.facts.tokenizer_folder import TokenizerFolder
from tunesmith.facts.trainer_folder import TrainerFolder

INTERPRETER: Fact[Interpreter] = Fact("interpreter", "a training interpreter")

VERSIONS: Fact[Mapping[str, str]] = Fact("versions", "a training interpreter")
# What training needs and the interpreter certainly does not hold.
MISSING: Fact[frozenset[str]] = Fact("missing", "a training interpreter")
TRAINING_ARGUMENTS: Fact[Library] = Fact("training-arguments", "transformers in the training interpreter")
LORA_CONFIG: Fact[Library] = Fact("lora-config", "peft in the training interpreter")
FSDP_CONFIG: Fact[Library] = Fact("fsdp-config", "accelerate in the training interpreter")
DISTRIBUTED_CONFIG: Fact[Library] = Fact("distributed-config", "transformers in the training interpreter")
AXOLOTL_CONFIG: Fact[Library] = Fact("axolotl-config", "axolotl in the training interpreter")
CLUSTER_CONFIG: Fact[Library] = Fact("cluster-config", "accelerate in the training interpreter")

TRAIN_FILE: Fact[DataFile] = Fact("train-file", "the training data file")
TRAIN_COLUMNS: Fact[tuple[str, ...]] = Fact("train-columns", "the columns of the training data")
TRAIN_ROWS: Fact[int] = Fact("train-rows", "the number of training rows")
VALIDATION_FILE: Fact[DataFile] = Fact("validation-file", "the validation data file")
VALIDATION_COLUMNS: Fact[tuple[str, ...]] = Fact("validation-columns", "the columns of the validation data")

# None for a recipe that names none.
DEEPSPEED_FILE: Fact[DeepspeedFile | None] = Fact("deepspeed-file", "the DeepSpeed config file")

# None for a recipe that names none.
TARGET_FILE: Fact[TargetFile | None] = Fact("target-file", "the target profile")

MODEL: Fact[ModelFolder] = Fact("model", "the model folder")
TOKENIZER_FOLDER: Fact[ModelFolder] = Fact("tokenizer-folder", "the tokenizer folder")
TOKENIZER: Fact[TokenizerFolder] = Fact("tokenizer", "the tokenizer")
MODEL_TYPES: Fact[ModelTypes] = Fact("model-types", "transformers in the training interpreter")
# As any release had it; of models that transformers or peft ever held.
MODEL_PARTS: Fact[ModelParts] = Fact("model-parts", "the layers of the model")
MODEL_CONFIG: Fact[Library] = Fact("model-config", "transformers in the training interpreter")
MODEL_CLASS: Fact[ModelClass] = Fact("model-class", "the model's class in transformers")

# None for a recipe that has none.
SCRIPT_FILE: Fact[ScriptFile | None] = Fact("script-file", "the script")
MODULE_FILE: Fact[ModuleFile | None] = Fact("module-file", "the module")
# None for a recipe without a program, and where what it takes is not understood.
COMMAND_LINE: Fact[CommandLine | None] = Fact("command-line", "the script's arguments")

GPUS: Fact[tuple[Gpu, ...]] = Fact("gpus", "the GPUs that it will train on")
DISK_FREE: Fact[float] = Fact("disk-free", "the free space on the disk, in GiB")
PORTS_IN_USE: Fact[frozenset[int]] = Fact("ports-in-use", "the ports that are taken")
# What the file may hold that a program is started with; None as above.
SETTINGS: Fact[CommandLine | None] = Fact("settings", "the script's arguments")
# dataset_info.json of a LLaMA-Factory training.
DATASETS: Fact[Mapping[str, object]] = Fact("datasets", "the data sets that are registered")
DIALECT: Fact[str] = Fact("dialect", "whose configuration it is")
SCRIPT_USE: Fact[ScriptUse] = Fact("script-use", "the script")
SCRIPT_ARGUMENTS: Fact[ScriptArguments] = Fact("script-arguments", "the script's arguments")
# Of other people's trainings: a run's are its own.
OUTPUT_FOLDER: Fact[TrainerFolder] = Fact("output-folder", "the output folder")
RESUMED_FOLDER: Fact[TrainerFolder] = Fact("resumed-folder", "the checkpoint to resume from")

HAS_SLURM: Fact[bool] = Fact("has-slurm", "whether this machine has Slurm's commands")
HAS_ACCELERATOR: Fact[bool] = Fact("has-accelerator", "whether this machine has an accelerator")

# Of other people's trainings that a command line starts.
STARTED: Fact[Started] = Fact("started", "the command line")

# Over all machines.
WORLD_SIZE: Fact[int] = Fact("world-size", "the number of processes")
# The most optimizer steps that the training can take.
TOTAL_STEPS: Fact[int] = Fact("total-steps", "the number of training steps")
