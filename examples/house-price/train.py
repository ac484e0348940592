"""Learn house prices from size and bedrooms: linear regression by gradient descent on z-scored values."""

import json
import os
from pathlib import Path

import numpy as np

INPUTS = Path(os.environ.get("ASSAY_INPUTS", "data"))
OUTPUTS = Path(os.environ.get("ASSAY_OUTPUTS", "out"))
SEED = int(os.environ.get("ASSAY_SEED", "7"))
PARAMETERS = {"learning_rate": 0.1, "epochs": 300}


def parameters():
    """The defaults above, overridden by the JSON file that ASSAY_PARAMS names."""
    path = os.environ.get("ASSAY_PARAMS")
    return {**PARAMETERS, **(json.loads(Path(path).read_text()) if path else {})}


def train(features, target, learning_rate, epochs, rng):
    """Return the weights, the bias and the mean squared error before every epoch."""
    w, b = rng.normal(scale=0.1, size=features.shape[1]), np.zeros(1)
    losses = []
    for _ in range(epochs):
        error = features @ w + b - target
        losses.append(float(np.mean(error**2)))
        w -= learning_rate * features.T @ error / len(target)
        b -= learning_rate * np.mean(error)
    return w, b, losses


def main():
    table = np.loadtxt(INPUTS / "train" / "train.csv", delimiter=",", skiprows=1)
    # One mean and one standard deviation per column, the price included: without this step the
    # size (in the hundreds) would drown the bedrooms and the descent would blow up.
    means, stds = table.mean(axis=0), table.std(axis=0)
    scaled = (table - means) / stds

    chosen = parameters()
    rng = np.random.default_rng(SEED)
    w, b, losses = train(scaled[:, :2], scaled[:, 2], chosen["learning_rate"], chosen["epochs"], rng)

    OUTPUTS.mkdir(parents=True, exist_ok=True)
    np.savez(OUTPUTS / "weights.npz", w=w, b=b, means=means, stds=stds)
    predicted = (scaled[:, :2] @ w + b) * stds[2] + means[2]
    metrics = {
        "mse": float(np.mean((predicted - table[:, 2]) ** 2)),
        "loss": [{"step": step, "value": value} for step, value in enumerate(losses)],
    }
    (OUTPUTS / "training.json").write_text(json.dumps(metrics) + "\n")
    print(f"{chosen['epochs']} epochs, mean squared error {metrics['mse']:.3f}")


if __name__ == "__main__":
    main()
