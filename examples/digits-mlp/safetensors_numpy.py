"""Write and read float32 arrays as safetensors (https://github.com/huggingface/safetensors, "Format").

Eight bytes of header length (unsigned, little-endian), a JSON header, then the raw elements. Equal arrays
give equal bytes: names are sorted, there is no metadata block, and spaces pad the header to 8 bytes.
"""

import json

import numpy as np


def save(path, tensors):
    header, data = {}, b""
    for name, array in sorted(tensors.items()):
        raw = np.ascontiguousarray(array, dtype="<f4").tobytes()
        header[name] = {"dtype": "F32", "shape": list(array.shape), "data_offsets": [len(data), len(data) + len(raw)]}
        data += raw
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    path.write_bytes(len(text).to_bytes(8, "little") + text + data)


def load(path):
    content = path.read_bytes()
    start = 8 + int.from_bytes(content[:8], "little")
    tensors = {}
    for name, entry in json.loads(content[8:start]).items():
        first, end = entry["data_offsets"]
        elements = np.frombuffer(content[start + first : start + end], dtype="<f4")
        tensors[name] = elements.reshape(entry["shape"])
    return tensors
