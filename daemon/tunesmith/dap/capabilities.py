"""What is promised to the client before it is known which Python will be debugged.

These are debugpy's capabilities as they have been for years; what an installed debugpy says differently is
sent after it as a `capabilities` event. Ending the program is left out: debugging never ends a run.
"""

from __future__ import annotations

from typing import Any

NEVER = ("supportsTerminateRequest", "supportsTerminateDebuggee", "supportTerminateDebuggee")

PROMISED: dict[str, Any] = {
    "supportsCompletionsRequest": True,
    "supportsConditionalBreakpoints": True,
    "supportsConfigurationDoneRequest": True,
    "supportsDebuggerProperties": True,
    "supportsDelayedStackTraceLoading": True,
    "supportsEvaluateForHovers": True,
    "supportsExceptionInfoRequest": True,
    "supportsExceptionOptions": True,
    "supportsFunctionBreakpoints": True,
    "supportsHitConditionalBreakpoints": True,
    "supportsLogPoints": True,
    "supportsModulesRequest": True,
    "supportsSetExpression": True,
    "supportsSetVariable": True,
    "supportsValueFormattingOptions": True,
    "supportsGotoTargetsRequest": True,
    "supportsClipboardContext": True,
    "supportsStepInTargetsRequest": True,
    "exceptionBreakpointFilters": [
        {
            "filter": "raised",
            "label": "Raised Exceptions",
            "default": False,
            "description": "Break whenever any exception is raised.",
        },
        {
            "filter": "uncaught",
            "label": "Uncaught Exceptions",
            "default": True,
            "description": "Break when the process is exiting due to unhandled exception.",
        },
        {
            "filter": "userUnhandled",
            "label": "User Uncaught Exceptions",
            "default": False,
            "description": "Break when exception escapes into library code.",
        },
    ],
}

DISCONNECTS = {"supportTerminateDebuggee": True}
"""With it a client offers Disconnect beside Stop where a session was launched."""


def differing(real: dict[str, Any]) -> dict[str, Any]:
    """What of `real`, and of what it leaves out, is not as promised."""
    kept = {name: value for name, value in real.items() if name not in NEVER}
    absent = {name: False for name, value in PROMISED.items() if value is True and name not in kept}
    return {**absent, **{name: value for name, value in kept.items() if PROMISED.get(name) != value}}
