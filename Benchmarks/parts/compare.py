"""Comparing two files of weights, beside the machine's SHA-256 and a numpy script that finds the same out."""
import os, subprocess, sys
from pathlib import Path

from programs import best
from report import row, versus
from weight_files import write

PYTHON = "/usr/bin/python3"
NUMPY = Path(__file__).parent.parent / "numpy_compare.py"


def run(bench):
    numpy = None
    for suffix in (".safetensors", ".gguf", ".pt"):
        first, same, near = (bench.folder / f"{name}{suffix}" for name in ("first", "same", "near"))
        write(first, bench.mib)
        write(same, bench.mib)
        write(near, bench.mib, nudged=True)
        sha = best(lambda _: timed(["openssl", "dgst", "-sha256", str(first)])[0])
        # The numpy script reads safetensors; the same numbers cost it the same in any other file.
        numpy = numpy or best(lambda _: timed([PYTHON, str(NUMPY), str(first), str(near)])[0], 2)
        seconds, memory = compared(bench.server.binary, first, same, "bit-identical")
        versus(f"two {suffix} files of {bench.mib} MiB, bit-identical", seconds, 2 * bench.mib, [("SHA-256", 2 * sha, 0.8)])
        row("  peak memory", f"{memory:.0f} MiB", "target < 200 MiB")
        seconds, memory = compared(bench.server.binary, first, near, "within-tolerance")
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
