"""Train a small neural network (64-64-10, float32) to read handwritten digits, in numpy alone."""

import json
import os
from pathlib import Path

import numpy as np

import network
import safetensors_numpy

INPUTS = Path(os.environ.get("ASSAY_INPUTS", "data"))
OUTPUTS = Path(os.environ.get("ASSAY_OUTPUTS", "out"))
SEED = int(os.environ.get("ASSAY_SEED", "7"))
PARAMETERS = {"learning_rate": 0.1, "epochs": 30, "batch_size": 32}


def parameters():
    """The defaults above, overridden by the JSON file that ASSAY_PARAMS names."""
    path = os.environ.get("ASSAY_PARAMS")
    return {**PARAMETERS, **(json.loads(Path(path).read_text()) if path else {})}


def train_epoch(weights, pixels, digits, learning_rate, batch_size, rng):
    """Visit every image once in random order, change the weights in place, return the mean loss."""
    order = rng.permutation(len(pixels))
    losses = []
    for start in range(0, len(order), batch_size):
        batch = order[start : start + batch_size]
        loss, gradients = network.loss_and_gradients(weights, pixels[batch], digits[batch])
        for name, gradient in gradients.items():
            weights[name] -= np.float32(learning_rate) * gradient
        losses.append(float(loss))
    return sum(losses) / len(losses)


def main():
    pixels, digits = network.read_images(INPUTS / "train" / "train.csv")
    chosen = parameters()
    rng = np.random.default_rng(SEED)
    weights = network.initial_weights(rng)

    OUTPUTS.mkdir(parents=True, exist_ok=True)
    losses = []
    with open(OUTPUTS / "train.log", "w") as log:
        for epoch in range(chosen["epochs"]):
            loss = train_epoch(weights, pixels, digits, chosen["learning_rate"], chosen["batch_size"], rng)
            losses.append({"step": epoch, "value": loss})
            print(f"epoch {epoch:3d}  loss {loss:.6f}", file=log)

    safetensors_numpy.save(OUTPUTS / "model.safetensors", weights)
    accuracy = float(np.mean(network.predict(weights, pixels) == digits))
    (OUTPUTS / "training.json").write_text(json.dumps({"accuracy": accuracy, "loss": losses}) + "\n")
    print(f"{len(losses)} epochs, loss {losses[-1]['value']:.4f}, training accuracy {accuracy:.4f}")


if __name__ == "__main__":
    main()
