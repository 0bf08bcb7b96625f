"""THE tables of methods and notifications between the daemon and its clients; their types are in `messages`.

`schemas/protocol.json` and `extension/src/protocol.gen.ts` are generated from here.
Positions, documents and diagnostics are LSP's own; only what LSP has no words for stands in `messages`.
"""

from __future__ import annotations

import msgspec

from tunesmith.server.messages.base import Nothing, Wire
from tunesmith.server.messages.data import (
    AskRow,
    AskRows,
    DryRunReport,
    SeenRow,
    StartDryRun,
    SurveyedRows,
)
from tunesmith.server.messages.environments import (
    CheckEnvironment,
    EnvironmentReport,
    InterpreterList,
    ListInterpreters,
)
from tunesmith.server.messages.metrics import MetricsDelta, MetricsSnapshot, Subscribe, Unsubscribe
from tunesmith.server.messages.past import (
    Annotate,
    EmptiedTrash,
    Moved,
    NamedRuns,
    RunAgain,
    RunCode,
    RunCodeList,
    RunDocument,
    TrashList,
)
from tunesmith.server.messages.rules import NamedRule, RulePage
from tunesmith.server.messages.runs import (
    CheckpointList,
    ListRuns,
    NamedRun,
    ResumeRun,
    Run,
    RunList,
    RunsChanged,
    StartedRun,
    StartRun,
    StopRun,
)
from tunesmith.server.messages.settings import Focus, Options, Status


class Method(msgspec.Struct, frozen=True):
    params: type[Wire]
    result: type[Wire]


METHODS: dict[str, Method] = {
    "tunesmith/runs/start": Method(StartRun, StartedRun),
    "tunesmith/runs/list": Method(ListRuns, RunList),
    "tunesmith/runs/stop": Method(StopRun, Run),
    "tunesmith/runs/pause": Method(NamedRun, Run),
    "tunesmith/runs/continue": Method(NamedRun, Run),
    "tunesmith/runs/startNow": Method(NamedRun, Run),
    "tunesmith/runs/moveUp": Method(NamedRun, Run),
    "tunesmith/runs/checkpoints": Method(NamedRun, CheckpointList),
    "tunesmith/runs/resume": Method(ResumeRun, StartedRun),
    "tunesmith/metrics/subscribe": Method(Subscribe, MetricsSnapshot),
    "tunesmith/metrics/unsubscribe": Method(Unsubscribe, Nothing),
    "tunesmith/options": Method(Options, Status),
    "tunesmith/focus": Method(Focus, Status),
    "tunesmith/rules/page": Method(NamedRule, RulePage),
    "tunesmith/interpreters/list": Method(ListInterpreters, InterpreterList),
    "tunesmith/environment/check": Method(CheckEnvironment, EnvironmentReport),
    "tunesmith/runs/document": Method(NamedRun, RunDocument),
    "tunesmith/runs/again": Method(RunAgain, StartedRun),
    "tunesmith/runs/annotate": Method(Annotate, Run),
    "tunesmith/runs/delete": Method(NamedRuns, Moved),
    "tunesmith/trash/list": Method(Nothing, TrashList),
    "tunesmith/trash/restore": Method(NamedRuns, Moved),
    "tunesmith/trash/empty": Method(Nothing, EmptiedTrash),
    "tunesmith/code/open": Method(NamedRun, RunCode),
    "tunesmith/code/list": Method(Nothing, RunCodeList),
    "tunesmith/code/remove": Method(NamedRuns, Moved),
    "tunesmith/dryRun/start": Method(StartDryRun, StartedRun),
    "tunesmith/dryRun/report": Method(NamedRun, DryRunReport),
    "tunesmith/data/row": Method(AskRow, SeenRow),
    "tunesmith/data/survey": Method(AskRows, SurveyedRows),
}

NOTIFICATIONS: dict[str, type[Wire]] = {
    "tunesmith/runs/changed": RunsChanged,
    "tunesmith/metrics/delta": MetricsDelta,
    "tunesmith/status": Status,
}
