"""One cluster for all tests of Slurm; each gets it free of jobs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from slurm.cluster import Cluster, make_cluster, missing
from tiny_model import write_model, write_reviews
from trainer import training_interpreter
from tunesmith.facts.interpreter import Interpreter


@pytest.fixture(scope="session")
def trainer() -> Interpreter:
    return training_interpreter()


@pytest.fixture(scope="session")
def started_cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    if why := missing():
        pytest.skip(why)
    cluster = make_cluster(tmp_path_factory.mktemp("slurm"))
    yield cluster
    cluster.stop()


@pytest.fixture
def cluster(started_cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> Iterator[Cluster]:
    """What the test starts talks to it, too."""
    for name in ("SLURM_CONF", "PATH"):
        monkeypatch.setenv(name, started_cluster.environment[name])
    yield started_cluster
    started_cluster.clear()


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """A folder with `model/` and `reviews.csv`."""
    write_model(tmp_path / "model")
    write_reviews(tmp_path / "reviews.csv")
    return tmp_path
