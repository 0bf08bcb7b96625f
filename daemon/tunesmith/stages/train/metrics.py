"""The metrics of text classification, from logits and label ids."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def accuracy_and_f1(prediction: tuple[NDArray[np.floating], NDArray[np.integer]]) -> dict[str, float]:
    """`accuracy`, and `f1`: the macro F1, the mean over all labels that were seen or predicted.

    `prediction` is (logits of shape [rows, labels], label ids of shape [rows]). Follows scikit-learn's
    `f1_score(average="macro", zero_division=0)`.
    """
    logits, labels = prediction
    predicted = logits.argmax(axis=-1)
    scores = [_f1(predicted == label, labels == label) for label in np.union1d(labels, predicted)]
    return {"accuracy": float((predicted == labels).mean()), "f1": float(np.mean(scores))}


def _f1(predicted: NDArray[np.bool_], true: NDArray[np.bool_]) -> float:
    hits = int((predicted & true).sum())
    return 2.0 * hits / (int(predicted.sum()) + int(true.sum()))
