"""Rules about models and adapters, held against transformers and peft: what a rule refuses, they refuse."""

from __future__ import annotations

import json
import re
import subprocess
from typing import Any

import pytest
from recipes import training_interpreter
from rule_blocks import blocks
from tunesmith.rules.table import BY_CODE
from tunesmith.syntax.parse import parse
from tunesmith.syntax.tree import plain

# Builds what a recipe asks for: a small model of its type under its adapter, or a new model without numbers.
ASK = """
import json, sys, warnings
warnings.simplefilter("ignore")
import torch
from peft import LoraConfig, get_peft_model
from transformers import AutoConfig, AutoModelForCausalLM, AutoModelForSequenceClassification

CLASSES = {"causal-lm": AutoModelForCausalLM, "text-classification": AutoModelForSequenceClassification}
TASK_TYPES = {"causal-lm": "CAUSAL_LM", "text-classification": "SEQ_CLS"}
SMALL = {"vocab_size": 8, "hidden_size": 16, "intermediate_size": 16, "num_hidden_layers": 1,
         "num_attention_heads": 2, "pad_token_id": 0}

def build(task, model_type, config, peft):
    if model_type:
        model = CLASSES[task].from_config(AutoConfig.for_model(model_type, **SMALL))
    else:
        with torch.device("meta"):
            model = CLASSES[task].from_config(AutoConfig.for_model(**config))
    if peft is not None:
        get_peft_model(model, LoraConfig(**{"task_type": TASK_TYPES[task], **peft}))

def refusal(case):
    try:
        build(**case)
    except Exception as error:
        return f"{type(error).__name__}: {error}"

json.dump([refusal(case) for case in json.load(sys.stdin)], sys.stdout)
"""
REPLAYED = (
    *("TN306", "TN307", "TN309"),
    *("TN501", "TN502", "TN503", "TN504", "TN505", "TN511", "TN513"),
)
MODEL_TYPE = re.compile(r'# model m: (\w+)|"model_type": "(\w+)"')


def case(block: str) -> dict[str, Any]:
    recipe: Any = plain(parse(block).root)
    config = recipe.get("model", {}).get("config")
    named = MODEL_TYPE.search(block)
    model_type = next((name for name in named.groups() if name), None) if named else None
    return {
        "task": recipe.get("task", "text-classification"),
        "model_type": None if config else model_type or "bert",
        "config": config,
        "peft": recipe.get("peft"),
    }


CASES = [
    (code, heading, case(block))
    for code in REPLAYED
    for heading in ("Flags", "Accepts")
    for block in blocks(BY_CODE[code], heading)
]


@pytest.fixture(scope="module")
def refusals() -> list[str | None]:
    asked = json.dumps([one for _, _, one in CASES])
    command = [training_interpreter().path, "-c", ASK]
    done = subprocess.run(command, input=asked, capture_output=True, text=True, check=False, timeout=240)
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout)


@pytest.mark.parametrize("number", range(len(CASES)), ids=[f"{code}-{head}" for code, head, _ in CASES])
def test_the_libraries_agree_with_the_rule(number: int, refusals: list[str | None]) -> None:
    _, heading, asked = CASES[number]
    if heading == "Flags":
        assert refusals[number] is not None, f"the libraries accept {asked}"
    else:
        assert refusals[number] is None, asked
