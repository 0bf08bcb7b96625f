"""THE tables of what the language server answers, and who does it: "module:function" of the handlers.

They are named, not imported: the client has its first reply before the rest of the daemon is loaded.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lsprotocol import types

HANDLERS = "tunesmith.server.handlers"
# LSP's notifications and requests: method → function of (session, params), as "module:function" of HANDLERS.
EVENTS: Mapping[str, str] = {
    types.INITIALIZED: "documents:ready",
    types.TEXT_DOCUMENT_DID_OPEN: "documents:opened",
    types.TEXT_DOCUMENT_DID_CHANGE: "documents:changed",
    types.TEXT_DOCUMENT_DID_SAVE: "documents:saved",
    types.TEXT_DOCUMENT_DID_CLOSE: "documents:closed",
    types.WORKSPACE_DID_CHANGE_WATCHED_FILES: "documents:changed_on_disk",
    types.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS: "documents:changed_folders",
}
QUESTIONS: Mapping[str, str] = {
    types.TEXT_DOCUMENT_COMPLETION: "language:complete",
    types.TEXT_DOCUMENT_HOVER: "language:explain",
    types.TEXT_DOCUMENT_CODE_ACTION: "mending:mend",
    types.TEXT_DOCUMENT_CODE_LENS: "language:lens",
    types.TEXT_DOCUMENT_DOCUMENT_LINK: "language:link",
    types.TEXT_DOCUMENT_DOCUMENT_SYMBOL: "places:outline",
    types.TEXT_DOCUMENT_DEFINITION: "places:define",
    types.TEXT_DOCUMENT_REFERENCES: "places:refer",
    types.TEXT_DOCUMENT_INLAY_HINT: "inlay:hint",
    types.TEXT_DOCUMENT_FORMATTING: "writing:lay_out",
    types.TEXT_DOCUMENT_RANGE_FORMATTING: "writing:lay_out_lines",
    types.TEXT_DOCUMENT_FOLDING_RANGE: "writing:fold",
    types.TEXT_DOCUMENT_SEMANTIC_TOKENS_FULL: "colours:colour",
    types.TEXT_DOCUMENT_SEMANTIC_TOKENS_RANGE: "colours:colour_lines",
    types.TEXT_DOCUMENT_PREPARE_RENAME: "renaming:prepare",
    types.TEXT_DOCUMENT_RENAME: "renaming:rename",
}
# What a client is asked for that does not wait to be told.
PULLED: Mapping[str, str] = {
    types.TEXT_DOCUMENT_DIAGNOSTIC: "diagnosing:of_file",
    types.WORKSPACE_DIAGNOSTIC: "diagnosing:of_workspace",
}
# What words of a file can be: of LSP's own, which every colour theme has.
LEGEND = types.SemanticTokensLegend(
    ["namespace", "property", "parameter", "enumMember", "string"], ["deprecated"]
)
# What is announced about a question.
ABOUT: Mapping[str, Any] = {
    types.TEXT_DOCUMENT_COMPLETION: types.CompletionOptions(trigger_characters=[":", " ", "/", "{", ","]),
    types.TEXT_DOCUMENT_CODE_ACTION: types.CodeActionOptions(
        code_action_kinds=[types.CodeActionKind.QuickFix, "source.fixAll.tunesmith"]
    ),
    types.TEXT_DOCUMENT_DIAGNOSTIC: types.DiagnosticOptions(
        inter_file_dependencies=True, workspace_diagnostics=True, identifier="tunesmith"
    ),
    types.TEXT_DOCUMENT_CODE_LENS: types.CodeLensOptions(resolve_provider=False),
    types.TEXT_DOCUMENT_DOCUMENT_LINK: types.DocumentLinkOptions(resolve_provider=False),
    types.TEXT_DOCUMENT_INLAY_HINT: types.InlayHintOptions(resolve_provider=False),
    types.TEXT_DOCUMENT_SEMANTIC_TOKENS_FULL: LEGEND,
    types.TEXT_DOCUMENT_SEMANTIC_TOKENS_RANGE: LEGEND,
}
# What rests on facts, which may be known later than the text: by the client's capability, how it asks again.
REFRESHED: Mapping[str, str] = {
    "inlay_hint": types.WORKSPACE_INLAY_HINT_REFRESH,
    "semantic_tokens": types.WORKSPACE_SEMANTIC_TOKENS_REFRESH,
}
# Who keeps what METHODS promises: async functions of (session, params).
OWN: Mapping[str, str] = {
    "tunesmith/runs/start": "runs:start",
    "tunesmith/runs/list": "runs:list_runs",
    "tunesmith/runs/stop": "runs:stop",
    "tunesmith/runs/pause": "queue:pause",
    "tunesmith/runs/continue": "queue:go_on",
    "tunesmith/runs/startNow": "queue:start_now",
    "tunesmith/runs/moveUp": "queue:move_up",
    "tunesmith/runs/checkpoints": "resume:list_checkpoints",
    "tunesmith/runs/resume": "resume:resume",
    "tunesmith/metrics/subscribe": "metrics:subscribe",
    "tunesmith/metrics/unsubscribe": "metrics:unsubscribe",
    "tunesmith/options": "documents:set_options",
    "tunesmith/focus": "documents:focus",
    "tunesmith/rules/page": "rules:page",
    "tunesmith/interpreters/list": "environments:list_interpreters",
    "tunesmith/environment/check": "environments:check_environment",
    "tunesmith/runs/document": "history:document",
    "tunesmith/runs/again": "history:again",
    "tunesmith/runs/annotate": "history:annotate",
    "tunesmith/runs/delete": "history:delete",
    "tunesmith/trash/list": "history:list_trash",
    "tunesmith/trash/restore": "history:restore",
    "tunesmith/trash/empty": "history:empty_trash",
    "tunesmith/code/open": "history:open_code",
    "tunesmith/code/list": "history:list_code",
    "tunesmith/code/remove": "history:remove_code",
    "tunesmith/dryRun/start": "dry_run:start",
    "tunesmith/dryRun/report": "dry_run:report",
    "tunesmith/data/row": "data:see_row",
    "tunesmith/data/survey": "data:survey_rows",
}
