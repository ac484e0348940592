"""Write data/train/train.csv and data/validation/validation.csv from the rule in README.md.

The committed files are what counts; this script is kept so that anybody can see where they came from.
"""

import random
from pathlib import Path

TRAIN_ROWS, VALIDATION_ROWS = 120, 40


def houses(count, rng):
    """Yield (size in square metres, bedrooms, price in thousands)."""
    for _ in range(count):
        bedrooms = rng.randint(1, 6)
        size = 20 + 25 * bedrooms + rng.randint(0, 60)
        price = 50 + 2 * size + 15 * bedrooms + rng.randint(-20, 20)
        yield size, bedrooms, price


def write(path, rows):
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = ["size,bedrooms,price", *(",".join(map(str, row)) for row in rows)]
    path.write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    rng = random.Random(2024)
    write(Path("data/train/train.csv"), houses(TRAIN_ROWS, rng))
    write(Path("data/validation/validation.csv"), houses(VALIDATION_ROWS, rng))
