"""Writes the pickles, joblib and PyTorch files in the folder `pickle` beside it; the results are committed.

Needs numpy, scikit-learn, joblib, torch, safetensors and xgboost-cpu from PyPI (made with numpy 2.4, scikit-learn 1.9,
joblib 1.6, torch 2.13, xgboost 3.2).
"""
import pickle
from collections import OrderedDict
from pathlib import Path

import joblib
import numpy as np
import torch
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.neural_network import MLPClassifier

HERE = Path(__file__).parent / "pickle"
random = np.random.default_rng(7)

# The model of make_fixtures.py: the same numbers in other containers.
model = {
    "hidden.weight": random.standard_normal((16, 8)).astype(np.float32),
    "hidden.bias": random.standard_normal(8),
    "steps": np.array(30, dtype=np.int64),
    "mask": np.array([True, False, True]),
}


def dump(name, value, protocol=4):
    (HERE / name).write_bytes(pickle.dumps(value, protocol=protocol))


for protocol in (0, 2, 4, 5):
    dump(f"model-{protocol}.pkl", model, protocol)
variants = dict(model)
variants["hidden.weight"] = np.asfortranarray(model["hidden.weight"])
variants["hidden.bias"] = model["hidden.bias"].astype(">f8")
variants["steps"] = np.int64(30)
dump("model-variants.pkl", variants, 5)
joblib.dump(model, HERE / "model.joblib")
joblib.dump(model, HERE / "model-zlib.joblib", compress=3)
joblib.dump(model, HERE / "model-gzip.joblib", compress=("gzip", 3))
joblib.dump(model, HERE / "model-bz2.joblib", compress=("bz2", 3))
joblib.dump({"names": np.array(["a", 3, None], dtype=object), "w": model["hidden.bias"]}, HERE / "objects.joblib")

tensors = OrderedDict((name, torch.from_numpy(np.array(array))) for name, array in model.items())
torch.save(tensors, HERE / "model.pt")
torch.save(tensors, HERE / "model-legacy.pt", _use_new_zipfile_serialization=False)
views = OrderedDict(tensors)
big = torch.zeros(40, 16)
big[3:11].copy_(tensors["hidden.weight"].T)
views["hidden.weight"] = big[3:11].T
torch.save(views, HERE / "model-views.pt")

torch.manual_seed(7)
net = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.BatchNorm1d(4), torch.nn.Linear(4, 1, bias=False))
optimizer = torch.optim.Adam(net.parameters(), lr=0.01)
net(torch.ones(2, 3)).sum().backward()
optimizer.step()
torch.save(net, HERE / "module.pt")
torch.save(net.state_dict(), HERE / "state.pt")
torch.save(
    {"epoch": 3, "loss": 0.25, "model_state_dict": net.state_dict(), "optimizer": optimizer.state_dict()},
    HERE / "checkpoint.pt",
)
torch.save(
    {
        "bf16": torch.arange(6, dtype=torch.bfloat16).reshape(2, 3),
        "e4m3": torch.arange(4, dtype=torch.float32).to(torch.float8_e4m3fn),
        "u16": torch.arange(4, dtype=torch.int32).to(torch.uint16),
        "tied": tensors["mask"],
        "tied too": tensors["mask"],
    },
    HERE / "types.pt",
)
torch.save({"w": torch.eye(3).to_sparse()}, HERE / "sparse.pt")

features = random.standard_normal((40, 3))
target = (features[:, 0] + features[:, 1] ** 2 > 0.5).astype(int)
names = np.where(target == 1, "yes", "no")
dump("logistic.pkl", LogisticRegression().fit(features, names))
dump("mlp.pkl", MLPClassifier((4,), max_iter=3, random_state=7).fit(features, target))
forest = RandomForestClassifier(3, max_depth=2, random_state=7).fit(features, target)
dump("forest.pkl", forest)
joblib.dump(forest, HERE / "forest.joblib", compress=3)
hist = HistGradientBoostingClassifier(max_iter=2, max_leaf_nodes=3, min_samples_leaf=5, max_bins=8, random_state=7)
hist.fit(features, target)
dump("hist.pkl", hist)
state = pickle.dumps(hist, protocol=4)


def with_threads(value, count):
    """The same model as it would be on a machine with another number of cores."""
    seen = set()

    def walk(item):
        if id(item) in seen or not hasattr(item, "__dict__"):
            return
        seen.add(id(item))
        for key, inner in vars(item).items():
            if key == "n_threads":
                setattr(item, key, count)
            walk(inner)

    walk(value)
    return value


dump("hist-threads.pkl", with_threads(pickle.loads(state), 64))

missing = np.where(random.random(features.shape) < 0.3, np.nan, features)
missing[target == 1, 0] = np.nan
hist.fit(missing, target)
dump("hist-missing.pkl", hist)

dump("values.pkl", {
    "number": 1.5, "count": 3, "flag": True, "nothing": None, "text": "hello", "list": [1, 2.5], "empty": [],
    "nested": {"a": [{"b": 1}]}, 5: 6, ("x", 1): 7, "set": {"b", "a", "c"}, "big": 1 << 80, "complex": 1 + 2j,
})
circle = {"name": "circle"}
circle["self"] = circle
dump("circle.pkl", circle)


# --- What must be refused
class Evil:
    def __reduce__(self):
        return (print, ("this must never be printed",))


dump("bad-opaque-bytes.pkl", {"model": bytes(range(256)) * 8})
dump("bad-bytearray.pkl", {"model": bytearray(range(256)) * 8}, 5)
dump("call.pkl", {"a": Evil()})
dump("bad-clash.pkl", {"a": {"b": 1}, "a.b": 2})
buffers = []
(HERE / "bad-out-of-band.pkl").write_bytes(
    pickle.dumps(model["hidden.bias"], protocol=5, buffer_callback=buffers.append))
(HERE / "bad-two.pkl").write_bytes(pickle.dumps(1) + pickle.dumps(2))
(HERE / "bad-extension.pkl").write_bytes(b"\x80\x02\x82\x01.")
(HERE / "bad-persistent.pkl").write_bytes(b"\x80\x02X\x01\x00\x00\x00aQ.")
