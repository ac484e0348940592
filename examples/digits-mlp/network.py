"""The network both scripts share: 64 pixels, 64 hidden units (ReLU), 10 digits (softmax)."""

import numpy as np

PIXELS, HIDDEN, DIGITS = 64, 64, 10


def read_images(path):
    """Return pixels as float32 in 0...1, shape (n, 64), and digits as integers, shape (n,)."""
    table = np.loadtxt(path, delimiter=",", skiprows=1, dtype=np.int64)
    return (table[:, 1:] / 16).astype(np.float32), table[:, 0]


def initial_weights(rng):
    """He initialisation; biases start at zero."""

    def layer(inputs, outputs):
        return (rng.standard_normal((inputs, outputs)) * np.sqrt(2 / inputs)).astype(np.float32)

    return {
        "hidden.weight": layer(PIXELS, HIDDEN),
        "hidden.bias": np.zeros(HIDDEN, np.float32),
        "output.weight": layer(HIDDEN, DIGITS),
        "output.bias": np.zeros(DIGITS, np.float32),
    }


def forward(weights, pixels):
    """Return the hidden activations and the probability of each digit."""
    hidden = np.maximum(pixels @ weights["hidden.weight"] + weights["hidden.bias"], 0)
    scores = hidden @ weights["output.weight"] + weights["output.bias"]
    exponentials = np.exp(scores - scores.max(axis=1, keepdims=True))
    return hidden, exponentials / exponentials.sum(axis=1, keepdims=True)


def predict(weights, pixels):
    return forward(weights, pixels)[1].argmax(axis=1)


def loss_and_gradients(weights, pixels, digits):
    """Mean cross-entropy over the batch and its gradient for every weight."""
    hidden, probabilities = forward(weights, pixels)
    rows = np.arange(len(digits))
    loss = -np.log(np.maximum(probabilities[rows, digits], 1e-12)).mean()

    score_gradient = probabilities.copy()
    score_gradient[rows, digits] -= 1
    score_gradient /= np.float32(len(digits))
    hidden_gradient = (score_gradient @ weights["output.weight"].T) * (hidden > 0)
    return loss, {
        "hidden.weight": pixels.T @ hidden_gradient,
        "hidden.bias": hidden_gradient.sum(axis=0),
        "output.weight": hidden.T @ score_gradient,
        "output.bias": score_gradient.sum(axis=0),
    }
