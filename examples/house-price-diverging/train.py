"""The classic first regression script: raw values, learning rate 0.01. It diverges and still exits 0."""

import json
import os
from pathlib import Path

import numpy as np

INPUTS = Path(os.environ.get("ASSAY_INPUTS", "data"))
OUTPUTS = Path(os.environ.get("ASSAY_OUTPUTS", "out"))
SEED = int(os.environ.get("ASSAY_SEED", "7"))
PARAMETERS = {"learning_rate": 0.01, "epochs": 1000}


def parameters():
    """The defaults above, overridden by the JSON file that ASSAY_PARAMS names."""
    path = os.environ.get("ASSAY_PARAMS")
    return {**PARAMETERS, **(json.loads(Path(path).read_text()) if path else {})}


def main():
    table = np.loadtxt(INPUTS / "train" / "train.csv", delimiter=",", skiprows=1)
    X, y = table[:, :2], table[:, 2]  # the mistake: no scaling

    chosen = parameters()
    w, b = np.random.default_rng(SEED).normal(scale=0.1, size=2), np.zeros(1)
    losses = []
    for epoch in range(chosen["epochs"]):
        error = X @ w + b - y
        if epoch % 10 == 0:
            losses.append({"step": epoch, "value": float(np.mean(error**2))})
        w -= chosen["learning_rate"] * X.T @ error / len(y)
        b -= chosen["learning_rate"] * np.mean(error)

    OUTPUTS.mkdir(parents=True, exist_ok=True)
    np.savez(OUTPUTS / "weights.npz", w=w, b=b)
    metrics = {"mse": float(np.mean((X @ w + b - y) ** 2)), "loss": losses}
    with open(OUTPUTS / "metrics.json", "w") as file:
        json.dump(metrics, file)  # writes the bare words Infinity and NaN, which are not JSON
    print(f"done: w = {w}, b = {b}, mean squared error {metrics['mse']}")


if __name__ == "__main__":
    main()
