"""A real training under the debugger: Trainer's own code, its collator, our callback; one rank, and two."""

from __future__ import annotations

import ast
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from debug_editor import Session
from debug_gang import Gang
from tiny_model import write_model, write_reviews
from training import end, write_recipe
from tunesmith.core.layout import RunFolder
from tunesmith.core.spec import RunSpec
from tunesmith.facts.interpreter import Interpreter, at
from tunesmith.runs import control, store
from waiting import until

REPOSITORY = Path(__file__).parents[3]
LIBRARY = next(
    (REPOSITORY / "samples" / ".venv" / "lib").resolve().glob("python*/site-packages/transformers")
)
THREAD = {"threadId": 1}
PATIENCE = 240.0


@pytest.fixture(scope="module")
def trainer() -> Interpreter:
    found = at(REPOSITORY / "samples" / ".venv")
    assert found is not None, "samples/.venv is missing: `npm run setup` makes it"
    return found


@pytest.fixture
def train(
    tmp_path: Path, trainer: Interpreter, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[int], RunFolder]]:
    """Starts an endless training of so many ranks; it ends with the test."""
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    write_model(tmp_path / "model")
    write_reviews(tmp_path / "reviews.csv")
    runs: list[RunFolder] = []

    def started(ranks: int) -> RunFolder:
        runs.append(control.start(write_recipe(tmp_path, ranks=ranks), trainer))
        wait_for_step(runs[-1], 2)
        return runs[-1]

    yield started
    for run in runs:
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
    train: Callable[[int], RunFolder], open_session: Callable[..., Session]
) -> None:
    run = train(1)
    spec = RunSpec.from_json(run.spec.read_text(encoding="utf-8"))
    ours = Path(spec.launch.env["PYTHONPATH"].split(":")[0]) / "tunesmith" / "stages" / "train" / "main.py"
    places = {
        LIBRARY / "trainer.py": ("Trainer", "training_step"),
        LIBRARY / "data" / "data_collator.py": ("DataCollatorWithPadding", "__call__"),
        ours: ("Reporter", "on_step_end"),
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


def test_two_ranks_that_wait_for_each_other(
    train: Callable[[int], RunFolder], open_session: Callable[..., Session], tmp_path: Path
) -> None:
    """Both stand in the same step, go on together, and alone when the debugger has gone."""
    run, place = train(2), LIBRARY / "trainer.py"
    line = first_line(place, "Trainer", "training_step")
    gang = Gang({"request": "attach", "run": run.id, "justMyCode": False}, 2, open_session, {})
    # A rank that passed before its breakpoint was set would wait for the other inside all-reduce: so both get
    # it first, and learn the step where it counts later, while that is still far away.
    where = tmp_path / "step"
    where.write_text("-1")
    for session in gang.ranks.values():
        session.break_at(
            place, [line], condition=f"str(self.state.global_step) == open({str(where)!r}).read()"
        )
    step = wait_for_step(run, 1) + 60
    (tmp_path / "partial").write_text(str(step))
    (tmp_path / "partial").replace(where)
    for more in range(3):
        gang.all("stopped")
        assert [standing(gang.ranks[rank]) for rank in (0, 1)] == [(0, step + more), (1, step + more)]
        for session in gang.ranks.values():
            session.break_at(place, [line])
        gang.ranks[more % 2].get("continue", THREAD)
    gang.parent.get("disconnect")
    gang.all("terminated")
    wait_for_step(run, wait_for_step(run, 1) + 5)


def standing(session: Session) -> tuple[int, int]:
    """The rank and the optimizer step at which Trainer stands."""
    frame = session.get("stackTrace", THREAD)["stackFrames"][0]
    what = "[self.args.process_index, self.state.global_step]"
    rank, step = json.loads(session.get("evaluate", {"frameId": frame["id"], "expression": what})["result"])
    return rank, step
