#!/usr/bin/python3
"""Writes the files beside it. Run with Debian's python3-numpy; the results are committed."""
import hashlib
import json
import struct
import zipfile
from pathlib import Path

import numpy as np

HERE = Path(__file__).parent
NAMES = {"float32": "F32", "float64": "F64", "int64": "I64", "bool": "BOOL"}


def safetensors(path, tensors, metadata=None, header=None, tail=b""):
    body = b""
    entries = {} if metadata is None else {"__metadata__": metadata}
    for name in sorted(tensors):
        array = np.ascontiguousarray(tensors[name])
        data = array.tobytes()
        entries[name] = {
            "dtype": NAMES[array.dtype.name],
            "shape": list(tensors[name].shape),
            "data_offsets": [len(body), len(body) + len(data)],
        }
        body += data
    text = header if header is not None else json.dumps(entries, separators=(",", ":")).encode()
    (HERE / path).write_bytes(struct.pack("<Q", len(text)) + text + body + tail)


def content_v1(tensors):
    digest = hashlib.sha256()
    for name in sorted(tensors, key=lambda text: text.encode()):
        array = tensors[name]
        entry = [name, NAMES[array.dtype.name], list(array.shape)]
        digest.update(json.dumps(entry, separators=(",", ":"), ensure_ascii=False).encode())
        digest.update(np.ascontiguousarray(array).astype(array.dtype.newbyteorder("<")).tobytes())
    return digest.hexdigest()


random = np.random.default_rng(7)
model = {
    "hidden.weight": random.standard_normal((16, 8)).astype(np.float32),
    "hidden.bias": random.standard_normal(8),
    "steps": np.array(30, dtype=np.int64),
    "mask": np.array([True, False, True]),
}
safetensors("model.safetensors", model)
safetensors("model-metadata.safetensors", model, metadata={"framework": "numpy", "note": "other bytes"})
np.savez(HERE / "model.npz", **model)
np.savez_compressed(HERE / "model-deflated.npz", **model)
(HERE / "model.content-v1").write_text(content_v1(model) + "\n")

noise = dict(model)
noise["hidden.weight"] = np.nextafter(model["hidden.weight"], np.float32(9))
safetensors("model-noise.safetensors", noise)
safetensors("model-other.safetensors", dict(model, **{"hidden.weight": model["hidden.weight"] + np.float32(0.5)}))
safetensors("model-missing.safetensors", {k: v for k, v in model.items() if k != "mask"})
safetensors("model-shape.safetensors", dict(model, steps=np.array([30], dtype=np.int64)))

matrix = random.standard_normal((5, 3))
np.save(HERE / "matrix.npy", matrix)
np.save(HERE / "matrix-fortran.npy", np.asfortranarray(matrix))
np.save(HERE / "matrix-big-endian.npy", matrix.astype(">f8"))
np.save(HERE / "scalar.npy", np.array(1.5))

np.savez(HERE / "nan.npz", w=np.array([1.0, np.nan, np.inf, -np.inf]), b=np.zeros(2))
np.savez(HERE / "nan-moved.npz", w=np.array([np.nan, 1.0, np.inf, -np.inf]), b=np.zeros(2))
(HERE / "opaque.bin").write_bytes(b"something that Assay does not read")
(HERE / "opaque-other.bin").write_bytes(b"something else")


def entry(dtype, shape, begin, end):
    return {"dtype": dtype, "shape": shape, "data_offsets": [begin, end]}


def hostile(path, entries, length, raw=None):
    text = raw if raw is not None else json.dumps(entries).encode()
    (HERE / path).write_bytes(struct.pack("<Q", len(text)) + text + bytes(length))


(HERE / "bad-header-length.safetensors").write_bytes(struct.pack("<Q", 1 << 63) + b"{}")
hostile("bad-overlap.safetensors", {"a": entry("F32", [2], 0, 8), "b": entry("F32", [2], 4, 12)}, 12)
hostile("bad-hole.safetensors", {"a": entry("F32", [1], 0, 4), "b": entry("F32", [1], 8, 12)}, 12)
hostile("bad-shape.safetensors", {"a": entry("F32", [1 << 40, 1 << 40], 0, 4)}, 4)
hostile("bad-truncated.safetensors", {"a": entry("F32", [100], 0, 400)}, 12)
same = json.dumps(entry("F32", [1], 0, 4))
hostile("bad-duplicate.safetensors", None, 4, raw=('{"a":%s,"a":%s}' % (same, same)).encode())
np.save(HERE / "bad-object.npy", np.array([{"a": 1}], dtype=object), allow_pickle=True)
sound = (HERE / "matrix.npy").read_bytes()
(HERE / "bad-truncated.npy").write_bytes(sound[:-9])
damaged = bytearray((HERE / "nan.npz").read_bytes())
position = damaged.index(struct.pack("<d", 1.0))
damaged[position] ^= 1
(HERE / "bad-crc.npz").write_bytes(damaged)
with zipfile.ZipFile(HERE / "bad-bomb.npz", "w", zipfile.ZIP_DEFLATED) as archive:
    header = b"\x93NUMPY\x01\x00" + struct.pack("<H", 118)
    text = b"{'descr': '<f8', 'fortran_order': False, 'shape': (4,), }"
    archive.writestr("w.npy", header + text.ljust(117) + b"\n" + bytes(20_000_000))
