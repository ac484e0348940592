"""Writes the small models beside it with the libraries that own their formats; the results are committed.

Needs lightgbm and numpy from PyPI.
"""
from pathlib import Path

import lightgbm
import numpy as np

HERE = Path(__file__).parent
random = np.random.default_rng(7)
features = random.standard_normal((60, 3))
target = (features[:, 0] + features[:, 1] ** 2 > 0.5).astype(int)

booster = lightgbm.train(
    {"objective": "binary", "num_leaves": 4, "min_data_in_leaf": 5, "verbosity": -1, "num_threads": 1, "seed": 7},
    lightgbm.Dataset(features, target, feature_name=["age", "income", "debt"]),
    num_boost_round=3,
)
booster.save_model(HERE / "lightgbm.txt")
