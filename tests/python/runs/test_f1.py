"""Accuracy and macro F1, by hand."""

from __future__ import annotations

import numpy as np
import pytest
from tunesmith.stages.train.metrics import accuracy_and_f1


def scores(predicted: list[int], true: list[int], labels: int) -> dict[str, float]:
    logits = np.eye(labels, dtype=np.float32)[predicted]
    return accuracy_and_f1((logits, np.array(true)))


@pytest.mark.parametrize(
    ("predicted", "true", "accuracy", "f1"),
    [
        ([0, 1, 1, 0], [0, 1, 1, 0], 1.0, 1.0),
        ([1, 0], [0, 1], 0.0, 0.0),
        # Label 0: precision 2/3, recall 1, F1 0.8. Label 1: precision 1, recall 1/2, F1 2/3.
        ([0, 0, 0, 1], [0, 0, 1, 1], 0.75, (0.8 + 2 / 3) / 2),
        # A majority vote is right for three rows of four, and its F1 shows what that is worth.
        ([0, 0, 0, 0], [0, 0, 0, 1], 0.75, (6 / 7 + 0) / 2),
        # A label that neither stands in the data nor was predicted does not count.
        ([0, 0, 2], [0, 0, 2], 1.0, 1.0),
    ],
)
def test_accuracy_and_macro_f1(predicted: list[int], true: list[int], accuracy: float, f1: float) -> None:
    assert scores(predicted, true, 3) == pytest.approx({"accuracy": accuracy, "f1": f1})
