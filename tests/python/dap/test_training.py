"""A real training under the debugger: Trainer's own code, its collator, our callback."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from debug_editor import Session
from tiny_model import write_model, write_reviews
from trainer import training_interpreter
from training import end, write_recipe
from tunesmith.core.layout import RunFolder
from tunesmith.core.spec import RunSpec
from tunesmith.runs import control, store
from waiting import until

REPOSITORY = Path(__file__).parents[3]
LIBRARY = next(
    (REPOSITORY / "samples" / ".venv" / "lib").resolve().glob("python*/site-packages/transformers")
)
THREAD = {"threadId": 1}
PATIENCE = 240.0


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[RunFolder]:
    """An endless training; it ends with the test."""
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    write_model(tmp_path / "model")
    write_reviews(tmp_path / "reviews.csv")
    run = control.start(write_recipe(tmp_path), training_interpreter())
    wait_for_step(run, 2)
    yield run
    end(run)


def wait_for_step(run: RunFolder, step: int) -> int:
    def reached() -> int:
        view = store.look(run)
        assert view.state == "running", (view.message, view.log and Path(view.log).read_text()[-2000:])
        return view.step if view.step >= step else 0

    return until(f"step {step}", reached, PATIENCE)


def first_line(path: Path, *names: str) -> int:
    """The line of the first statement after the docstring in the class and function of those names."""
    body = ast.parse(path.read_text(encoding="utf-8")).body
    for name in names:
        body = next(
            node.body
            for node in body
            if isinstance(node, ast.ClassDef | ast.FunctionDef) and node.name == name
        )
    documented = isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant)
    return body[1 if documented else 0].lineno


def test_stops_in_the_library_its_collator_and_the_callback(
    run: RunFolder, open_session: Callable[..., Session]
) -> None:
    spec = RunSpec.from_json(run.spec.read_text(encoding="utf-8"))
    stage = Path(spec.launch.env["PYTHONPATH"].split(":")[0]) / "tunesmith" / "stages" / "train"
    places = {
        LIBRARY / "trainer.py": ("Trainer", "training_step"),
        LIBRARY / "data" / "data_collator.py": ("DataCollatorWithPadding", "__call__"),
        stage / "reporter.py": ("Reporter", "on_step_end"),
    }
    configuration = {"run": run.id, "rank": 0, "justMyCode": False}
    session = open_session()
    session.attach(configuration, {path: [first_line(path, *names)] for path, names in places.items()})
    seen: set[str] = set()
    while seen != {names[1] for names in places.values()}:
        session.event("stopped")
        frames = session.get("stackTrace", THREAD)["stackFrames"]
        assert any(
            frame["name"] == "train" and frame["source"]["path"].endswith("main.py") for frame in frames
        )
        if frames[0]["name"] == "training_step":
            shape = {"expression": "tuple(inputs['input_ids'].shape)[0]", "frameId": frames[0]["id"]}
            assert session.get("evaluate", shape)["result"] == "4"
        seen.add(frames[0]["name"])
        session.get("continue", THREAD)
    session.get("disconnect")
    wait_for_step(run, wait_for_step(run, 1) + 5)
