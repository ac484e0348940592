"""Measure trained weights on the validation houses, which training never sees."""

import json
import os
from pathlib import Path

import numpy as np

INPUTS = Path(os.environ.get("ASSAY_INPUTS", "../data"))
OUTPUTS = Path(os.environ.get("ASSAY_OUTPUTS", "../out"))
# Assay mounts the trained outputs as the input "model"; by hand they are where train.py wrote them.
MODEL = INPUTS / "model" if "ASSAY_INPUTS" in os.environ else OUTPUTS


def main():
    table = np.loadtxt(INPUTS / "validation" / "validation.csv", delimiter=",", skiprows=1)
    with np.load(MODEL / "weights.npz", allow_pickle=False) as weights:
        w, b, means, stds = (weights[name] for name in ("w", "b", "means", "stds"))
    features, price = (table[:, :2] - means[:2]) / stds[:2], table[:, 2]
    error = (features @ w + b) * stds[2] + means[2] - price

    mse = float(np.mean(error**2))
    metrics = {"mse": mse, "rmse": mse**0.5, "r2": 1 - mse / float(np.var(price))}
    OUTPUTS.mkdir(parents=True, exist_ok=True)
    (OUTPUTS / "evaluation.json").write_text(json.dumps(metrics) + "\n")
    print(json.dumps(metrics))


if __name__ == "__main__":
    main()
