"""A run whose ranks are a small program, which needs debugpy and nothing else."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

from tunesmith.core.layout import RunFolder
from tunesmith.core.spec import Launch, RunSpec
from waiting import until

REPOSITORY = Path(__file__).parents[2]
TRAINER = REPOSITORY / "samples" / ".venv" / "bin" / "python"
PROGRAM = Path(__file__).with_name("dap") / "rank_program.py"
BREAKPOINT = next(
    number for number, line in enumerate(PROGRAM.read_text().splitlines(), 1) if line.endswith("# breakpoint")
)
ID = "20260101-000000-abcd"


class SmallRun:
    """A run folder and the processes of its ranks; with `started` 0 they are still to come."""

    def __init__(
        self,
        home: Path,
        ranks: int,
        interpreter: Path = TRAINER,
        debug: bool = False,
        started: int | None = None,
    ) -> None:
        self.folder = RunFolder(home / ID)
        self.attempt = self.folder.attempt(1)
        for folder in self.attempt.folders:
            folder.mkdir(parents=True)
        launch = Launch((), {}, str(home))
        spec = RunSpec(ID, "small", "", "train", {}, launch, str(interpreter), ranks, 0.0, "0", debug=debug)
        self.folder.spec.write_text(spec.to_json(), encoding="utf-8")
        self.ranks = [self._start(rank, ranks) for rank in range(ranks if started is None else started)]

    def steps(self, rank: int = 0) -> list[dict[str, Any]]:
        """What the rank said of its steps so far."""
        path = self.folder.path / f"steps-{rank}.jsonl"
        text = path.read_text(encoding="utf-8") if path.exists() else ""
        return [json.loads(line) for line in text.split("\n")[:-1]]

    def wait_for_steps(self, more: int, rank: int = 0) -> list[dict[str, Any]]:
        """The next steps that the rank takes."""
        before = len(self.steps(rank))
        until(f"{more} more steps of rank {rank}", lambda: len(self.steps(rank)) >= before + more)
        return self.steps(rank)[before:]

    def configuration(self, rank: int | None = None, **more: Any) -> dict[str, Any]:
        own = {} if rank is None else {"rank": rank}
        return {"type": "tunesmith", "request": "attach", "name": "test", "run": ID, **own, **more}

    def end(self) -> None:
        for process in self.ranks:
            process.kill()
            process.wait()

    def _start(self, rank: int, of: int) -> subprocess.Popen[bytes]:
        command = [TRAINER, PROGRAM, self.folder.path, str(rank), str(of)]
        with open(self.attempt.rank_log(rank), "wb") as log:
            return subprocess.Popen(
                command, stdout=log, stderr=log, env={**os.environ, "PYTHONPATH": str(REPOSITORY / "daemon")}
            )
