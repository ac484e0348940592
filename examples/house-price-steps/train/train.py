"""Learn house prices from the scaled table: linear regression by gradient descent."""

import json
import os
from pathlib import Path

import numpy as np

INPUTS = Path(os.environ.get("ASSAY_INPUTS", "../out"))
OUTPUTS = Path(os.environ.get("ASSAY_OUTPUTS", "../out"))
SEED = int(os.environ.get("ASSAY_SEED", "7"))
PARAMETERS = {"learning_rate": 0.1, "epochs": 300}


def parameters():
    """The defaults above, overridden by the JSON file that ASSAY_PARAMS names."""
    path = os.environ.get("ASSAY_PARAMS")
    return {**PARAMETERS, **(json.loads(Path(path).read_text()) if path else {})}


def main():
    table = np.loadtxt(INPUTS / "scaled" / "train.csv", delimiter=",", skiprows=1)
    means, stds = np.loadtxt(INPUTS / "scaled" / "scales.csv", delimiter=",", skiprows=1)
    features, target = table[:, :2], table[:, 2]

    chosen = parameters()
    w, b = np.random.default_rng(SEED).normal(scale=0.1, size=2), np.zeros(1)
    for _ in range(chosen["epochs"]):
        error = features @ w + b - target
        w -= chosen["learning_rate"] * features.T @ error / len(target)
        b -= chosen["learning_rate"] * np.mean(error)

    OUTPUTS.mkdir(parents=True, exist_ok=True)
    np.savez(OUTPUTS / "weights.npz", w=w, b=b, means=means, stds=stds)
    mse = float(np.mean(((features @ w + b - target) * stds[2]) ** 2))
    (OUTPUTS / "training.json").write_text(json.dumps({"mse": mse}) + "\n")
    print(f"{chosen['epochs']} epochs, mean squared error {mse:.3f}")


if __name__ == "__main__":
    main()
