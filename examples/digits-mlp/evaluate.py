"""Measure a trained network on the validation images, which training never sees."""

import json
import os
from pathlib import Path

import numpy as np

import network
import safetensors_numpy

INPUTS = Path(os.environ.get("ASSAY_INPUTS", "data"))
OUTPUTS = Path(os.environ.get("ASSAY_OUTPUTS", "out"))
# Assay mounts the trained outputs as the input "model"; by hand they are where train.py wrote them.
MODEL = INPUTS / "model" if "ASSAY_INPUTS" in os.environ else OUTPUTS


def macro_scores(predicted, actual):
    """Precision, recall and F1, each computed per digit and then averaged without weights.

    A digit that is never predicted (or never occurs) scores 0 where the ratio is undefined.
    """
    confusion = np.zeros((network.DIGITS, network.DIGITS), dtype=np.int64)
    np.add.at(confusion, (actual, predicted), 1)
    hits = np.diag(confusion)
    precision = hits / np.maximum(confusion.sum(axis=0), 1)
    recall = hits / np.maximum(confusion.sum(axis=1), 1)
    f1 = 2 * hits / np.maximum(confusion.sum(axis=0) + confusion.sum(axis=1), 1)
    return {"precision": float(precision.mean()), "recall": float(recall.mean()), "f1": float(f1.mean())}


def main():
    pixels, digits = network.read_images(INPUTS / "validation" / "validation.csv")
    predicted = network.predict(safetensors_numpy.load(MODEL / "model.safetensors"), pixels)

    metrics = {"accuracy": float(np.mean(predicted == digits)), **macro_scores(predicted, digits)}
    OUTPUTS.mkdir(parents=True, exist_ok=True)
    (OUTPUTS / "evaluation.json").write_text(json.dumps(metrics) + "\n")
    print(json.dumps(metrics))


if __name__ == "__main__":
    main()
