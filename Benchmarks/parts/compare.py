"""Comparing two files of weights, beside the machine's SHA-256 and a numpy script that finds the same out."""
import json, os, struct, subprocess, sys
from pathlib import Path

from files import BLOCK
from programs import best
from report import row, versus

PYTHON = "/usr/bin/python3"
TENSOR_MIB = 16
#: Every element a little larger than before, in the last bit of its significand.
NUDGE = int.from_bytes(b"\1\0\0\0" * (1 << 18), "little")


def run(bench):
    first, same, near = (bench.folder / f"{name}.safetensors" for name in ("first", "same", "near"))
    write(first, bench.mib)
    write(same, bench.mib)
    write(near, bench.mib, nudged=True)
    sha = best(lambda _: timed(["openssl", "dgst", "-sha256", str(first)])[0])
    binary = bench.server.binary
    seconds, memory = compared(binary, first, same, "bit-identical")
    versus(f"two files of {bench.mib} MiB, bit-identical", seconds, 2 * bench.mib, [("SHA-256", 2 * sha, 0.8)])
    row("  peak memory", f"{memory:.0f} MiB", "target < 200 MiB")
    numpy = best(lambda _: timed([PYTHON, str(Path(__file__).parent.parent / "numpy_compare.py"), str(first), str(near)])[0], 2)
    seconds, memory = compared(binary, first, near, "within-tolerance")
    versus("  each element differs, within tolerance", seconds, 2 * bench.mib, [("numpy", numpy, 3)])
    row("  peak memory", f"{memory:.0f} MiB", "target < 200 MiB")
    for file in (first, same, near):
        file.unlink()


def compared(binary, left, right, verdict):
    """The least seconds and the peak memory in MiB of `assay diff`, whose verdict must be the right one."""
    memory = []

    def once(_):
        seconds, peak, out = timed(
            [binary, "diff", str(left), str(right), "--minimum", "within-tolerance", "--json"])
        assert f'"{verdict}"' in out, out[:500]
        memory.append(peak)
        return seconds

    return best(once), max(memory)


def timed(command):
    """Seconds, peak resident MiB and what was printed; pages of mapped files count as resident."""
    read, to = os.pipe()
    start = os.times().elapsed
    process = subprocess.Popen(command, stdout=to)
    os.close(to)
    with os.fdopen(read) as pipe:
        out = pipe.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"{command[0]} ended with {process.returncode}")
    return os.times().elapsed - start, usage.ru_maxrss / 1024, out


def write(path, mib, nudged=False):
    """A safetensors file of float32 between 1 and 2, in tensors of 16 MiB."""
    count = max(1, mib // TENSOR_MIB)
    size = TENSOR_MIB << 20
    header = json.dumps({
        f"layer{index:04}.weight": {"dtype": "F32", "shape": [size >> 2], "data_offsets": [index * size, (index + 1) * size]}
        for index in range(count)}).encode()
    header += b" " * (-len(header) % 8)
    ones = int.from_bytes(b"\0\0\x80\x3f" * (1 << 18), "little")
    mask = int.from_bytes(b"\xfe\xff\x7f\0" * (1 << 18), "little")
    block = (int.from_bytes(BLOCK, "little") & mask) | ones
    piece = (block + NUDGE if nudged else block).to_bytes(1 << 20, "little")
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(header)) + header)
        for _ in range(count * TENSOR_MIB):
            file.write(piece)
