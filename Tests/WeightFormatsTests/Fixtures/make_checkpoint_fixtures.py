"""Writes checkpoints beside it that the scripts of the other fixtures do not cover; the results are committed.

`checkpoints.json` holds what the libraries themselves have in memory, as `models.json` does. Needs from PyPI: torch
numpy gguf h5py keras xgboost lightgbm scikit-learn (made with torch 2.15, numpy 2.4, gguf 0.19, h5py 3.16, keras 3.15,
xgboost 3.2, lightgbm 4.7, scikit-learn 1.9).
"""
import hashlib
import io
import json
import os
import pickle
import struct
import zipfile
from pathlib import Path

os.environ["KERAS_BACKEND"] = "torch"

import gguf
import h5py
import keras
import lightgbm
import numpy as np
import torch
import xgboost
from sklearn.linear_model import Ridge
from sklearn.model_selection import GridSearchCV

HERE = Path(__file__).parent
NAMES = {
    "float64": "F64", "float32": "F32", "float16": "F16", "bfloat16": "BF16", "float8_e4m3fn": "F8_E4M3", "int64": "I64",
    "int32": "I32", "int16": "I16", "int8": "I8", "uint16": "U16", "uint8": "U8", "bool": "BOOL",
}
random = np.random.default_rng(7)
torch.manual_seed(7)
expected = {}


def elements(value):
    """dtype, shape, and the elements, little-endian and in C order."""
    if isinstance(value, torch.Tensor):
        raw = value.detach().contiguous().reshape(-1)
        return str(value.dtype)[6:], list(value.shape), raw.view(torch.uint8).numpy().tobytes() if raw.numel() else b""
    array = np.asarray(value)
    return array.dtype.name, list(array.shape), np.ascontiguousarray(array, array.dtype.newbyteorder("<")).tobytes()


def expect(file, tensors):
    rows = []
    for name, value in sorted(tensors.items(), key=lambda item: item[0].encode()):
        dtype, shape, raw = elements(value)
        rows.append([name, NAMES[dtype], shape, hashlib.sha256(raw).hexdigest()])
    expected[file] = rows


# PyTorch: a checkpoint in the middle of a training

class Network(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = torch.nn.Embedding(6, 3)
        self.convolution = torch.nn.Conv2d(1, 2, 2, bias=False)
        self.norm = torch.nn.BatchNorm2d(2)
        self.head = torch.nn.Linear(3, 6, bias=False)
        self.head.weight = self.embedding.weight


network = Network()
optimizer = torch.optim.AdamW(network.parameters(), lr=1e-3)
(network.norm(network.convolution(torch.randn(2, 1, 3, 3))).sum() + network.head(network.embedding.weight).sum()).backward()
optimizer.step()
base = torch.randn(4, 6)
views = {
    "transposed": base.t(), "column": base[:, 2], "steps": base[1:4:2, ::3], "expanded": torch.randn(1, 3).expand(4, 3),
    "channels last": torch.randn(1, 2, 2, 2).to(memory_format=torch.channels_last), "empty": torch.zeros(3, 0),
    "half": base.half(), "brain": base.bfloat16(), "eight": base.to(torch.float8_e4m3fn), "scalar": torch.tensor(7),
    "unsigned": torch.tensor([1, 65535], dtype=torch.uint16), "special": torch.tensor([float("nan"), -0.0, 1e-45]),
}
checkpoint = {
    "epoch": 3, "loss": 0.25, "betas": (0.9, 0.999), "model": network.state_dict(), "views": views,
    "optimizer": optimizer.state_dict(), "name": "run 7", "resumed": False, 5: torch.arange(3),
}
tensors = {"epoch": np.int64(3), "loss": np.float64(0.25), "betas": np.array([0.9, 0.999]), "[5]": torch.arange(3)}
tensors |= {f"model.{name}": value for name, value in network.state_dict().items()}
tensors |= {f"views.{name}": value for name, value in views.items()}
for index, state in optimizer.state_dict()["state"].items():
    tensors |= {f"optimizer.state[{index}].{name}": value for name, value in state.items()}
group, = optimizer.state_dict()["param_groups"]
for name, value in group.items():
    if type(value) in (int, float, tuple, list):
        tensors[f"optimizer.param_groups[0].{name}"] = np.array(value)
torch.save(checkpoint, HERE / "training.pt")
torch.save(checkpoint, HERE / "training-legacy.pt", _use_new_zipfile_serialization=False)
for file in ["training.pt", "training-legacy.pt"]:
    expect(file, tensors)

recurrent = torch.nn.Sequential(torch.nn.LSTM(2, 1))
torch.save(recurrent, HERE / "recurrent.pt")
expect("recurrent.pt", recurrent.state_dict())

# PyTorch: the model of make_fixtures.py without checksums, and as a big-endian machine writes it

with np.load(HERE / "model.npz") as arrays:
    model = {name: torch.from_numpy(arrays[name].copy()) for name in arrays.files}
torch.serialization.set_crc32_options(False)
torch.save(model, HERE / "pickle" / "model-no-crc.pt")
torch.serialization.set_crc32_options(True)
stored = io.BytesIO()
torch.save(model, stored)
with zipfile.ZipFile(stored) as source, zipfile.ZipFile(HERE / "pickle" / "model-big-endian.pt", "w") as target:
    sizes = [value.element_size() for value in model.values()]
    for name in source.namelist():
        data = source.read(name)
        if name.endswith("/byteorder"):
            data = b"big"
        if "/data/" in name:
            data = np.frombuffer(data, np.uint8).reshape(-1, sizes[int(name.rpartition("/")[2])])[:, ::-1].tobytes()
        target.writestr(zipfile.ZipInfo(name), data)
read = torch.load(HERE / "pickle" / "model-big-endian.pt", weights_only=True)
assert all(torch.equal(read[name], value) for name, value in model.items())

# XGBoost, LightGBM

features = random.standard_normal((60, 3))
target = (features[:, 0] + features[:, 1] ** 2 > 0.5).astype(int)
booster = xgboost.train(
    {"objective": "multi:softprob", "num_class": 3, "max_depth": 2, "nthread": 1, "seed": 7},
    xgboost.DMatrix(features, target + (features[:, 2] > 1)), num_boost_round=2)
booster.save_model(HERE / "xgboost.ubj")


class UBJSON:
    """A reader of its own, by the specification; arrays with a type are NumPy's."""
    PLAIN = {"i": "b", "U": "B", "I": "h", "l": "i", "L": "q", "d": "f", "D": "d"}
    TYPED = {"i": "i1", "U": "u1", "I": ">i2", "l": ">i4", "L": ">i8", "d": ">f4", "D": ">f8"}

    def __init__(self, data):
        self.file = io.BytesIO(data)

    def number(self, marker):
        kind = ">" + self.PLAIN[marker]
        return struct.unpack(kind, self.file.read(struct.calcsize(kind)))[0]

    def marker(self):
        return self.file.read(1).decode()

    def value(self, marker):
        if marker in self.PLAIN:
            return self.number(marker)
        if marker == "S":
            return self.file.read(self.number(self.marker())).decode()
        if marker == "{":
            members = {}
            while (length := self.marker()) != "}":
                key = self.file.read(self.number(length)).decode()
                members[key] = self.value(self.marker())
            return members
        assert marker == "["
        kind = self.marker()
        if kind == "$":
            kind, _ = self.marker(), self.marker()
            size = np.dtype(self.TYPED[kind]).itemsize * (count := self.number(self.marker()))
            return np.frombuffer(self.file.read(size), self.TYPED[kind], count)
        return [self.value(self.marker()) for _ in range(self.number(self.marker()))]


def numbers(value, path, found):
    if isinstance(value, dict):
        for key, member in value.items():
            numbers(member, f"{path}/{key}" if path else key, found)
    elif isinstance(value, list) and value and all(type(element) is int for element in value):
        found[path] = np.array(value)
    elif isinstance(value, list):
        for index, element in enumerate(value):
            numbers(element, f"{path}/{index}", found)
    elif not isinstance(value, str):
        found[path] = np.asarray(value)
    return found


reader = UBJSON((HERE / "xgboost.ubj").read_bytes())
expect("xgboost.ubj", numbers(reader.value(reader.marker()), "", {}))

classifier = lightgbm.LGBMClassifier(n_estimators=2, num_leaves=3, n_jobs=1, verbose=-1).fit(features, target)
(HERE / "pickle" / "bad-lightgbm.pkl").write_bytes(pickle.dumps(classifier, protocol=4))

search = GridSearchCV(Ridge(), {"alpha": [0.5, 1.0]}, cv=2)
for file in ["search.pkl", "search-again.pkl"]:
    (HERE / "pickle" / file).write_bytes(pickle.dumps(search.fit(features, features[:, 0]), protocol=4))

# GGUF: every block type; those that the library cannot make hold random bytes

writer = gguf.GGUFWriter(HERE / "blocks.gguf", "llama")
writer.add_custom_alignment(64)
writer.add_array("assay.numbers", [1, 2, 3])
row = random.standard_normal((1, 256)).astype(np.float32)
tensors = {}
for kind, (elements_per_block, size) in gguf.GGML_QUANT_SIZES.items():
    if size <= 8 or kind.name == "Q8_K":
        continue
    try:
        data = gguf.quants.quantize(row, kind)
    except NotImplementedError:
        data = random.integers(0, 256, (1, 256 // elements_per_block * size), dtype=np.uint8)
    tensors[kind.name] = data
    writer.add_tensor(kind.name, data, raw_dtype=kind)
writer.write_header_to_file()
writer.write_kv_data_to_file()
writer.write_tensors_to_file()
writer.close()
expect("blocks.gguf", tensors)

# HDF5: chunks with Fletcher's checksum, of an odd length too

arrays = {"odd": np.arange(77, dtype=np.uint8), "even": random.integers(0, 9, (7, 5)).astype(np.float32)}
with h5py.File(HERE / "checked.h5", "w") as file:
    file.create_dataset("odd", data=arrays["odd"], chunks=(7,), fletcher32=True)
    file.create_dataset("even", data=arrays["even"], chunks=(3, 2), fletcher32=True, compression="gzip")
expect("checked.h5", arrays)

# Keras: the model of make_model_fixtures.py, loaded and saved again beside another one

keras.Sequential([keras.Input((2,)), keras.layers.BatchNormalization(), keras.layers.Dense(1)])
keras.models.load_model(HERE / "network.keras").save(HERE / "network-again.keras")

(HERE / "checkpoints.json").write_text(
    "{\n" + ",\n".join(
        json.dumps(name) + ": [\n" + ",\n".join("  " + json.dumps(row) for row in rows) + "\n]"
        for name, rows in sorted(expected.items())
    ) + "\n}\n"
)
