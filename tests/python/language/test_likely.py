"""Which files an editor need not look at: told before their text is read with places."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
from tunesmith.dialects.likely import is_likely
from tunesmith.server.checking import Circumstances, check_text

OURS = {
    "a.yaml": "# why\nmodel_name_or_path: m\n'num_train_epochs': 1\nper_device_train_batch_size : 4\n",
    "b.yml": "base_model: m\nmicro_batch_size: 1\nval_set_size: 0.1\n",
    "c.yaml": "compute_environment: LOCAL_MACHINE\ndistributed_type: MULTI_GPU\n",
    "d.yaml": "stage: sft\nfinetuning_type: lora\n",
    "ds.json": '{"zero_optimization": {"stage": 3}}',
    "sections.json": '{"train_micro_batch_size_per_gpu": 4, "fp16": {"enabled": true}, "my_key": 1}',
    "numbers.json": '{"train_batch_size": 8, "gradient_accumulation_steps": 1}',
    "typed.json": '{"zero_optimization": {"stage": 3},}',
    "flow.yaml": "{stage: sft, finetuning_type: lora}",
}
NOBODYS = {
    "config.json": json.dumps(
        {
            "train_batch_size": 1,
            "gradient_accumulation_steps": 4,
            "optimizer": "adamw_bf16",
            "lr_scheduler": "constant",
        }
        | {"max_train_steps": 100, "num_train_epochs": 0, "report_to": "none", "push_to_hub": False}
    ),
    "sdxl.yaml": "resolution: 1024\ntrain_batch_size: 4\nnum_train_epochs: 2\nreport_to: wandb\n",
    "ci.yaml": "build:\n  stage: test\n  save_strategy: no\n",
    "package.json": '{"name": "report_to", "stage": 1}',
    "rows.json": json.dumps([{"stage": number, "dataset_name": "d"} for number in range(20_000)]),
    "long.yaml": "items:\n" + "  - stage: 1\n    num_train_epochs: 2\n" * 30_000,
    "a.txt": OURS["a.yaml"],
}


@pytest.mark.parametrize("name", OURS)
def test_ours(name: str) -> None:
    assert is_likely(Path("/w") / name, OURS[name])


@pytest.mark.parametrize("name", NOBODYS)
def test_nobodys(name: str) -> None:
    start = time.process_time()
    assert not is_likely(Path("/w") / name, NOBODYS[name])
    assert check_text(Path("/w") / name, NOBODYS[name], Circumstances(), lambda _: None) is None
    assert time.process_time() - start < 0.2, "nobody's files must not hold up those of somebody"
