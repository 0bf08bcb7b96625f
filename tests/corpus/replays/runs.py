"""What our own mains refuse, in the training interpreter."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

from transformers import Trainer, TrainerControl, TrainerState
from tunesmith.core.duration import seconds
from tunesmith.runtime.__main__ import require_ranks
from tunesmith.stages.data.config import Columns, DataConfig
from tunesmith.stages.data.labelled import load_labelled
from tunesmith.stages.script.arguments import arguments
from tunesmith.stages.script.config import ScriptStage
from tunesmith.stages.script.main import main as script
from tunesmith.stages.train.config import ModelConfig, Pipeline, Task, TrainStage
from tunesmith.stages.train.model import load_tokenizer
from tunesmith.stages.train.parallel.choice import require_trainable
from tunesmith.stages.train.parallel.pipeline import pipelined
from tunesmith.stages.train.parallel.stages import require_possible
from tunesmith.stages.train.parallel.witness import Witness
from tunesmith.stages.train.parallel.zero import begin
from tunesmith.stages.train.sharding import Asked

from corpus.replays import parts
from corpus.replays.replay import Replay


def reads(file: str, text: str, column: str | None) -> Any:
    def call(folder: Path) -> None:
        (folder / file).write_text(text)
        load_labelled(DataConfig(str(folder / file), Columns("text", column)))

    return call


def loads_a_tokenizer_without_padding(folder: Path) -> None:
    parts.tokenizer().save_pretrained(folder)
    load_tokenizer(ModelConfig(str(folder)))


def stage(**given: Any) -> TrainStage:
    model = given.pop("model", ModelConfig("m"))
    return TrainStage(Task.CAUSAL_LM, model, DataConfig("d.txt"), **given)


def splits_another_type(folder: Path) -> None:
    kind = pipelined(Trainer, Pipeline(stages=2))
    model = parts.decoder_of_its_own()
    kind(model=model, args=parts.arguments(folder))


def is_not_cut(asked: Asked) -> Any:
    def call(folder: Path) -> None:
        context: Any = SimpleNamespace(world_size=2, rank=0)
        model, arguments = parts.decoder(), parts.arguments(folder)
        Witness(context, asked, model).on_train_begin(arguments, TrainerState(), TrainerControl(), model)

    return call


def runs_two_programs(folder: Path) -> None:
    context: Any = None
    script(ScriptStage(script="train.py", module="train"), context)


REPLAYS = (
    Replay(
        "TN401",
        "RuntimeError",
        "accelerate.distributed_type asks for FSDP",
        is_not_cut(Asked("FSDP", ("accelerate", "distributed_type"))),
    ),
    Replay(
        "TN405",
        "RuntimeError",
        "accelerate.fsdp_config asks for FSDP",
        is_not_cut(Asked("FSDP", ("accelerate", "fsdp_config"))),
    ),
    Replay(
        "TN408",
        "ValueError",
        "cannot be trained with here",
        lambda _: require_trainable(stage(model=ModelConfig("m", distributed_config={"pp_size": 2}))),
    ),
    Replay(
        "TN424",
        "RuntimeError",
        "deepspeed is asked for and accelerate made",
        lambda _: begin(stage(deepspeed={"zero_optimization": {"stage": 2}})),
    ),
    Replay("TN431", "ValueError", "", lambda _: require_possible(stage(pipeline=Pipeline(stages=2)))),
    Replay("TN432", "ValueError", "", splits_another_type),
    Replay(
        "TN472",
        "RuntimeError",
        "3 processes were asked for and the launcher made a world of 2",
        lambda _: require_ranks(3, 2),
    ),
    Replay("TN411", "ValueError", "script and module are both set", runs_two_programs),
    Replay("TN450", "ValueError", "is no length of time", lambda _: seconds("four hours")),
    Replay("TN101", "ValueError", "has no column 'text'", reads("d.csv", "review,label\na,b\n", "label")),
    Replay("TN108", "ValueError", "data.columns.label is missing", reads("d.csv", "text,label\na,b\n", None)),
    Replay("TN103", "ValueError", "can be read", reads("d.xlsx", "text,label\n", "label")),
    Replay(
        "TN304",
        "ValueError",
        "model needs exactly one of name_or_path and config",
        lambda _: load_tokenizer(ModelConfig()),
    ),
    Replay(
        "TN305",
        "ValueError",
        "model.config needs model.tokenizer",
        lambda _: load_tokenizer(ModelConfig(config={"model_type": "llama"})),
    ),
    Replay(
        "TN311", "ValueError", "has neither a pad_token nor an eos_token", loads_a_tokenizer_without_padding
    ),
    Replay(
        "TN413", "TypeError", "an argument cannot hold", lambda folder: arguments({"a": {"b": 1}}, folder)
    ),
)
