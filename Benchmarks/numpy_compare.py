"""What a script of a page finds out about two safetensors files of float32: digests, NaN, and how far they differ."""
import hashlib, json, mmap, struct, sys

import numpy as np


def load(path):
    with open(path, "rb") as file:
        data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    length = struct.unpack("<Q", data[:8])[0]
    header = json.loads(data[8:8 + length])
    return {
        name: np.frombuffer(data, np.float32, int(np.prod(entry["shape"])), 8 + length + entry["data_offsets"][0])
        for name, entry in sorted(header.items()) if name != "__metadata__"}


def line(values):
    """The bits as numbers whose distance is counted in units in the last place."""
    bits = values.view(np.int32).astype(np.int64)
    return np.where(bits < 0, -(bits & 0x7FFFFFFF), bits)


def main():
    left, right = load(sys.argv[1]), load(sys.argv[2])
    digests = hashlib.sha256(), hashlib.sha256()
    for name, a in left.items():
        b = right[name]
        for digest, values in zip(digests, (a, b)):
            digest.update(values)
        x, y = a.astype(np.float64), b.astype(np.float64)
        distance, rms = np.abs(x - y), np.sqrt(np.mean(x * x))
        steps = np.abs(line(a) - line(b))
        print(
            name, np.isfinite(a).all() and np.isfinite(b).all(), (a.view(np.int32) != b.view(np.int32)).sum(),
            distance.max(), np.max(distance / np.maximum(np.abs(x), np.abs(y))), steps.max(),
            np.sqrt(np.mean(distance * distance)) / rms, (x * y).sum() / np.sqrt((x * x).sum() * (y * y).sum()),
            (distance <= 1e-5 * rms + 1e-5 * np.abs(x)).all())
    print(*(digest.hexdigest() for digest in digests))


main()
