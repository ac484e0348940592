"""Files of float32 between 1 and 2, in tensors of 16 MiB, as safetensors, GGUF and PyTorch write them.

Written by hand, for none of their libraries has to be installed to measure.
"""
import io, json, pickle, struct, sys, types, zipfile

from files import BLOCK

TENSOR_MIB = 16
#: Every element a little larger than before, in the last bit of its significand.
NUDGE = int.from_bytes(b"\1\0\0\0" * (1 << 18), "little")
ONES = int.from_bytes(b"\0\0\x80\x3f" * (1 << 18), "little")
MASK = int.from_bytes(b"\xfe\xff\x7f\0" * (1 << 18), "little")
SIZE = TENSOR_MIB << 20


def write(path, mib, nudged=False):
    """A file of the kind that its name says; `nudged` makes every element differ in its last bit."""
    names = [f"layer{index:04}.weight" for index in range(max(1, mib // TENSOR_MIB))]
    block = (int.from_bytes(BLOCK, "little") & MASK) | ONES
    piece = (block + NUDGE if nudged else block).to_bytes(1 << 20, "little")
    {".safetensors": safetensors, ".gguf": gguf, ".pt": pytorch}[path.suffix](path, names, piece * TENSOR_MIB)
    return path


def safetensors(path, names, data):
    header = json.dumps({
        name: {"dtype": "F32", "shape": [SIZE >> 2], "data_offsets": [index * SIZE, (index + 1) * SIZE]}
        for index, name in enumerate(names)}).encode()
    header += b" " * (-len(header) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(header)) + header)
        for _ in names:
            file.write(data)


def gguf(path, names, data):
    header = b"GGUF" + struct.pack("<IQQ", 3, len(names), 0)
    for index, name in enumerate(names):
        header += struct.pack("<Q", len(name)) + name.encode() + struct.pack("<IQIQ", 1, SIZE >> 2, 0, index * SIZE)
    with open(path, "wb") as file:
        file.write(header + b"\0" * (-len(header) % 32))
        for _ in names:
            file.write(data)


def pytorch(path, names, data):
    """A state dict as `torch.save` writes it: stored entries with checksums, the pickle first."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        entries = {"data.pkl": state_dict(names), "byteorder": b"little"}
        entries |= {f"data/{index}": data for index, _ in enumerate(names)}
        for name, content in (entries | {"version": b"3\n"}).items():
            # Without the time that `writestr` would give it, for equal contents have to be equal bytes.
            archive.writestr(zipfile.ZipInfo(f"model/{name}"), content)


def state_dict(names):
    """The pickle of tensors whose storages stand beside it; the classes of PyTorch are only names in it."""
    torch, utils = types.ModuleType("torch"), types.ModuleType("torch._utils")
    sys.modules |= {"torch": torch, "torch._utils": utils}

    class Storage:
        """Stands for a storage."""
        def __init__(self, key):
            self.key = key

    class Tensor:
        """Stands for a tensor."""
        def __init__(self, key):
            self.storage = Storage(key)

        def __reduce__(self):
            return utils._rebuild_tensor_v2, (self.storage, 0, (SIZE >> 2,), (1,), False, None)

    class Pickler(pickle.Pickler):
        def persistent_id(self, value):
            if isinstance(value, Storage):
                return "storage", torch.FloatStorage, value.key, "cpu", SIZE >> 2

    def named(module, name):
        value = type(name, (), {"__module__": module.__name__})
        value.__qualname__ = name
        setattr(module, name, value)

    named(torch, "FloatStorage")
    named(utils, "_rebuild_tensor_v2")
    out = io.BytesIO()
    Pickler(out, protocol=2).dump({name: Tensor(str(index)) for index, name in enumerate(names)})
    del sys.modules["torch"], sys.modules["torch._utils"]
    return out.getvalue()
