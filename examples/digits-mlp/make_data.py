"""Write data/train/train.csv and data/validation/validation.csv from scikit-learn's copy of the digits.

Needs scikit-learn (any recent version: the digits have not changed) and is not needed for training:
the committed files are what counts.
"""

from pathlib import Path

import numpy as np
from sklearn.datasets import load_digits

TRAIN_ROWS, VALIDATION_ROWS = 1000, 400
HEADER = ",".join(["digit", *(f"p{row}{column}" for row in range(8) for column in range(8))])


def write(path, table):
    path.parent.mkdir(parents=True, exist_ok=True)
    np.savetxt(path, table, fmt="%d", delimiter=",", header=HEADER, comments="")


if __name__ == "__main__":
    digits = load_digits()
    table = np.column_stack([digits.target, digits.data]).astype(int)
    # The file is ordered by writer; shuffled, both parts hold every digit in like shares.
    table = table[np.random.default_rng(2024).permutation(len(table))]
    write(Path("data/train/train.csv"), table[:TRAIN_ROWS])
    write(Path("data/validation/validation.csv"), table[TRAIN_ROWS : TRAIN_ROWS + VALIDATION_ROWS])
