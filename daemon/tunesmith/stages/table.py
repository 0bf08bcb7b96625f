"""THE table of stages. A stage is one folder here and one row below."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Stage:
    """`main` names "module:function", so that nothing heavy is imported; `config` likewise its dataclass."""

    name: str
    title: str
    config: str
    main: str


STAGES: tuple[Stage, ...] = (
    Stage(
        "train",
        "Train",
        config="tunesmith.stages.train.config:TrainStage",
        main="tunesmith.stages.train.main:main",
    ),
    Stage(
        "script",
        "Script",
        config="tunesmith.stages.script.config:ScriptStage",
        main="tunesmith.stages.script.main:main",
    ),
)


def stage(name: str) -> Stage:
    """The row named `name`; KeyError when there is none."""
    for row in STAGES:
        if row.name == name:
            return row
    raise KeyError(name)
