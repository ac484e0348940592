"""Writes the small models beside it with the libraries that own their formats; the results are committed.

`models.json` holds what those libraries themselves read from them: for every tensor its name by Assay's rules, dtype,
shape and the SHA-256 of its elements. Needs from PyPI: lightgbm numpy onnx skl2onnx scikit-learn gguf xgboost ml_dtypes
h5py keras jax (Keras needs jax for its backend numpy).
"""
import hashlib
import io
import json
import os
import re
import zipfile
from pathlib import Path

os.environ["KERAS_BACKEND"] = "numpy"

import gguf
import h5py
import keras
import lightgbm
import ml_dtypes
import numpy as np
import onnx
import xgboost
from onnx import TensorProto, helper, numpy_helper
from skl2onnx import to_onnx
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression

HERE = Path(__file__).parent
NAMES = {
    "float64": "F64", "float32": "F32", "float16": "F16", "bfloat16": "BF16", "float8_e4m3fn": "F8_E4M3",
    "float8_e5m2": "F8_E5M2", "int64": "I64", "int32": "I32", "int16": "I16", "int8": "I8", "uint64": "U64",
    "uint32": "U32", "uint16": "U16", "uint8": "U8", "bool": "BOOL",
}
random = np.random.default_rng(7)
expected = {}


def expect(file, tensors):
    """Notes the tensors of a file as its own library reads them."""
    expected[file] = [
        [name, NAMES[array.dtype.name], list(array.shape), hashlib.sha256(np.ascontiguousarray(array).tobytes()).hexdigest()]
        for name, array in sorted(tensors.items(), key=lambda item: item[0].encode())
    ]


# LightGBM, XGBoost

features = random.standard_normal((60, 3))
target = (features[:, 0] + features[:, 1] ** 2 > 0.5).astype(int)
booster = lightgbm.train(
    {"objective": "binary", "num_leaves": 4, "min_data_in_leaf": 5, "verbosity": -1, "num_threads": 1, "seed": 7},
    lightgbm.Dataset(features, target, feature_name=["age", "income", "debt"]),
    num_boost_round=3,
)
booster.save_model(HERE / "lightgbm.txt")
trees = booster.dump_model()["tree_info"]

trained = xgboost.train(
    {"objective": "binary:logistic", "max_depth": 2, "nthread": 1, "seed": 7},
    xgboost.DMatrix(features, target), num_boost_round=2,
)
trained.save_model(HERE / "xgboost.json")


def json_numbers(value, path, found):
    """The numbers of a JSON document, by a plain walk over what Python's reader returns."""
    def kind(item):
        if isinstance(item, bool) or not isinstance(item, (int, float, list)):
            return None
        if not isinstance(item, list):
            return ()
        kinds = {kind(element) for element in item}
        return (len(item), *kinds.pop()) if len(kinds) == 1 and None not in kinds else None

    if kind(value) is not None:
        array = np.array(value)
        found[path] = array.astype(np.int64 if array.dtype.kind == "i" else np.float64)
    elif isinstance(value, dict):
        for key, member in value.items():
            json_numbers(member, f"{path}/{key}" if path else key, found)
    elif isinstance(value, list):
        for index, member in enumerate(value):
            json_numbers(member, f"{path}/{index}" if path else str(index), found)
    return found


expect("xgboost.json", json_numbers(json.loads((HERE / "xgboost.json").read_text()), "", {}))

# ONNX

w = random.standard_normal((3, 4)).astype(np.float32)
arrays = {
    "raw": w,
    "double": w.astype(np.float64),
    "half": w.astype(np.float16),
    "brain": w.astype(ml_dtypes.bfloat16),
    "e4m3": w.astype(ml_dtypes.float8_e4m3fn),
    "e5m2": w.astype(ml_dtypes.float8_e5m2),
    "flags": w > 0,
    "scalar": np.array(7, dtype=np.int64),
    "nothing": np.zeros((0, 4), dtype=np.float32),
}
initializers = [numpy_helper.from_array(array, name) for name, array in arrays.items()]
for name, kind, values in [
    ("typed.float", TensorProto.FLOAT, w), ("typed.double", TensorProto.DOUBLE, w.astype(np.float64)),
    ("typed.int64", TensorProto.INT64, np.array([[-1, 2**62]])),
    ("typed.uint64", TensorProto.UINT64, np.array([2**63, 1], dtype=np.uint64)),
    ("typed.uint32", TensorProto.UINT32, np.array([2**32 - 1, 1], dtype=np.uint32)),
    ("typed.int32", TensorProto.INT32, np.array([-5, 5], dtype=np.int32)),
    ("typed.int8", TensorProto.INT8, np.array([-128, 127], dtype=np.int8)),
    ("typed.uint8", TensorProto.UINT8, np.array([255, 0], dtype=np.uint8)),
    ("typed.int16", TensorProto.INT16, np.array([-300, 300], dtype=np.int16)),
    ("typed.uint16", TensorProto.UINT16, np.array([65535, 0], dtype=np.uint16)),
    ("typed.bool", TensorProto.BOOL, np.array([True, False])),
    ("typed.half", TensorProto.FLOAT16, w.astype(np.float16)),
    ("typed.brain", TensorProto.BFLOAT16, w.astype(ml_dtypes.bfloat16)),
]:
    initializers.append(helper.make_tensor(name, kind, values.shape, values.flatten()))
    arrays[name] = values
four = helper.make_tensor("four", TensorProto.INT4, (3,), [1, -2, 3])
initializers.append(four)
arrays["four"] = np.frombuffer(bytes(four.int32_data) if four.int32_data else four.raw_data, dtype=np.uint8)
texts = helper.make_tensor("texts", TensorProto.STRING, (2,), [b"cat", b"dog"])
initializers.append(texts)


def branch(name, value):
    constant = helper.make_node("Constant", [], [name], value=numpy_helper.from_array(value))
    extra = numpy_helper.from_array(value + 1, "inside")
    total = helper.make_node("Add", [name, "inside"], [name + ".sum"])
    output = helper.make_tensor_value_info(name + ".sum", TensorProto.FLOAT, value.shape)
    return helper.make_graph([constant, total], name, [], [output], [extra])


one = np.ones(4, dtype=np.float32)
nodes = [
    helper.make_node("MatMul", ["x", "raw"], ["h"], name="first"),
    helper.make_node("LeakyRelu", ["h"], ["a"], alpha=0.125),
    helper.make_node("If", ["condition"], ["b"], then_branch=branch("t", one), else_branch=branch("e", one * 2)),
    helper.make_node("Add", ["a", "b"], ["y"]),
    helper.make_node("Pad", ["y"], ["z"], mode="constant", pads=[0, 1, 0, 1]),
]
arrays |= {
    "node[2].then_branch.node[0].value": one, "node[2].then_branch.inside": one + 1,
    "node[2].else_branch.node[0].value": one * 2, "node[2].else_branch.inside": one * 2 + 1,
}
graph = helper.make_graph(
    nodes, "network",
    [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["batch", 3]),
     helper.make_tensor_value_info("condition", TensorProto.BOOL, [])],
    [helper.make_tensor_value_info("z", TensorProto.FLOAT, ["batch", 4])], initializers,
)
model = helper.make_model(graph, producer_name="assay", opset_imports=[helper.make_opsetid("", 17)])
model.ir_version = 10
onnx.save(model, HERE / "network.onnx")
expect("network.onnx", arrays)


def attributes(model):
    """The lists of floats in the nodes' attributes, as the onnx package reads them."""
    found = {tensor.name: numpy_helper.to_array(tensor) for tensor in model.graph.initializer}
    for index, node in enumerate(model.graph.node):
        for attribute in node.attribute:
            name = f"node[{index}].{attribute.name}"
            if attribute.type == onnx.AttributeProto.FLOATS:
                found[name] = np.array(attribute.floats, dtype=np.float32)
            if attribute.type == onnx.AttributeProto.TENSOR:
                found[name] = numpy_helper.to_array(attribute.t)
    return found


for name, estimator in [
    ("logistic.onnx", LogisticRegression()), ("forest.onnx", RandomForestClassifier(2, max_depth=2, random_state=7)),
]:
    converted = to_onnx(estimator.fit(features.astype(np.float32), target), features[:1].astype(np.float32))
    onnx.save(converted, HERE / name)
    expect(name, attributes(onnx.load(HERE / name)))

# GGUF

writer = gguf.GGUFWriter(HERE / "network.gguf", "llama")
writer.add_name("A network")
writer.add_context_length(64)
writer.add_float32("llama.rope.freq_base", 10000.0)
writer.add_bool("tokenizer.ggml.add_bos_token", True)
writer.add_token_list(["<s>", "</s>", "a", "b"])
writer.add_token_scores([0.0, -1.0, -2.0, -3.5])
big = random.standard_normal((2, 64)).astype(np.float32)
for name, array in {
    "token_embd.weight": big, "half.weight": big.astype(np.float16), "double.weight": big.astype(np.float64),
    "bytes": np.array([-1, 2], dtype=np.int8), "shorts": np.array([-300], dtype=np.int16),
    "ints": np.array([7, -7], dtype=np.int32), "longs": np.array([2**40], dtype=np.int64),
}.items():
    writer.add_tensor(name, array)
for name, kind in [
    ("q8.weight", gguf.GGMLQuantizationType.Q8_0), ("q4.weight", gguf.GGMLQuantizationType.Q4_0),
    ("brain.weight", gguf.GGMLQuantizationType.BF16),
]:
    writer.add_tensor(name, gguf.quants.quantize(big, kind), raw_dtype=kind)
writer.write_header_to_file()
writer.write_kv_data_to_file()
writer.write_tensors_to_file()
writer.close()
read = {}
for tensor in gguf.GGUFReader(HERE / "network.gguf").tensors:
    data = np.array(tensor.data)
    if tensor.tensor_type == gguf.GGMLQuantizationType.BF16:
        data = np.frombuffer(data.tobytes(), dtype=ml_dtypes.bfloat16).reshape(tensor.shape[::-1])
    read[tensor.name] = data
expect("network.gguf", read)

# HDF5, Keras

arrays = {
    "plain/f4": w, "plain/f8": w.astype(np.float64), "plain/f2": w.astype(np.float16), "plain/big": w.astype(">f4"),
    "plain/scalar": np.array(7, dtype=np.int64), "plain/flags": w > 0, "plain/nothing": np.zeros((0, 4), np.float32),
    "plain/u2": np.array([1, 65535], dtype=">u2"), "plain/i1": np.array([-1, 1], dtype=np.int8),
}
chunked = random.integers(0, 9, (7, 5, 3)).astype(np.float32)
with h5py.File(HERE / "arrays.h5", "w") as file:
    for name, array in arrays.items():
        file[name] = array
    for name, options in {
        "chunks/plain": {}, "chunks/gzip": {"compression": "gzip"},
        "chunks/all": {"compression": "gzip", "shuffle": True, "fletcher32": True},
    }.items():
        file.create_dataset(name, data=chunked, chunks=(3, 2, 2), **options)
    file["many/text"] = "text"
    for index in range(20):
        file[f"many/{index}"] = np.array([index], dtype=np.int32)
    file.attrs["number"] = 1.5
    file.attrs["texts"] = ["one", "two"]
    file.attrs["fixed"] = np.bytes_("bytes")
with h5py.File(HERE / "latest.h5", "w", libver="latest") as file:
    file["group/w"] = w
    file["b"] = w[0].astype(">f8")


def datasets(file):
    """Every dataset of numbers, as h5py reads it."""
    found = {}

    def visit(name, item):
        if isinstance(item, h5py.Dataset) and item.dtype.kind != "O":
            found[name] = np.array(item).astype(item.dtype.newbyteorder("<"))
    file.visititems(visit)
    return found


keras.utils.set_random_seed(7)
network = keras.Sequential([
    keras.layers.Input((6, 6, 1)), keras.layers.Conv2D(2, 3), keras.layers.BatchNormalization(), keras.layers.Flatten(),
    keras.layers.Dense(3, activation="relu"),
])
network.save(HERE / "network.h5")
network.save_weights(HERE / "network.weights.h5")
network.save(HERE / "network.keras")
with zipfile.ZipFile(HERE / "network.keras") as source, \
        zipfile.ZipFile(HERE / "network-deflated.keras", "w", zipfile.ZIP_DEFLATED) as target:
    for name in reversed(source.namelist()):
        # The ids of shared objects are addresses, others in every process.
        target.writestr(name, re.sub(rb'("shared_object_id": )[0-9]+', rb"\g<1>12345", source.read(name)))
for name in ["arrays.h5", "latest.h5", "network.h5", "network.weights.h5"]:
    with h5py.File(HERE / name) as file:
        expect(name, datasets(file))
for name in ["network.keras", "network-deflated.keras"]:
    with zipfile.ZipFile(HERE / name) as archive, h5py.File(io.BytesIO(archive.read("model.weights.h5"))) as file:
        expect(name, datasets(file))

(HERE / "models.json").write_text(
    "{\n" + ",\n".join(
        json.dumps(name) + ": [\n" + ",\n".join("  " + json.dumps(row) for row in rows) + "\n]"
        for name, rows in sorted(expected.items())
    ) + "\n}\n"
)
