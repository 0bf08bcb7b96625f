"""Files that mirror Python tables have not drifted, and say what the tables say."""

from __future__ import annotations

import json

import pytest
from recipes import ROOT
from tunesmith.server import app, generate, table
from tunesmith.server.protocol import METHODS, NOTIFICATIONS
from tunesmith.server.typescript import module


@pytest.mark.parametrize("name", generate.OUTPUTS)
def test_no_drift(name: str) -> None:
    assert (ROOT / name).read_text(encoding="utf-8") == generate.OUTPUTS[name]()


def test_every_method_is_in_the_typescript_maps() -> None:
    text = module(METHODS, NOTIFICATIONS)
    for name, method in METHODS.items():
        row = f'"{name}": {{ params: {method.params.__name__}; result: {method.result.__name__} }};'
        assert row in text
    for name, params in NOTIFICATIONS.items():
        assert f'"{name}": {params.__name__};' in text


def test_what_the_daemon_sends_is_complete_and_what_it_takes_may_be_left_out() -> None:
    text = module(METHODS, NOTIFICATIONS)
    assert "  waitingFor: string[];" in text
    assert "  totalSteps: number | null;" in text
    assert "  trainingInterpreter?: string | null;" in text
    assert "  force?: boolean;" in text


def test_the_recipe_schema_is_closed_where_keys_are_ours_and_open_where_they_are_a_library_s() -> None:
    schema = json.loads(generate.recipe_schema())
    assert {"required": ["task", "model", "data"]} in schema["anyOf"]
    assert {"required": ["script"]} in schema["anyOf"]
    assert schema["additionalProperties"] is False
    assert schema["properties"]["task"]["enum"] == ["text-classification", "causal-lm"]
    assert "additionalProperties" not in schema["properties"]["train"]
    split = schema["properties"]["data"]["properties"]["split"]
    assert split["properties"]["validation"] == {
        "description": "Share of the rows for evaluation while training, between 0 and 1.",
        "type": "number",
        "default": 0.1,
    }


def test_every_handler_that_the_server_names_is_there() -> None:
    assert table.OWN.keys() == METHODS.keys()
    for name in {**table.EVENTS, **table.QUESTIONS, **table.OWN}.values():
        assert callable(app.handler(name))
