"""What the trials share: a folder that is thrown away, and a server that dies while the ledger is written."""
import random, shutil, subprocess, tempfile, threading, time
from pathlib import Path
from check import findings
from ledger import Ledger, Loss
from server import Gone, Server


#: The reserve that a server keeps free by itself is larger than the whole disk of a trial.
SMALL_DISK = ("--min-free", "0")


class Scratch:
    """A folder for one trial."""

    def __init__(self, keep=False):
        self.path, self.keep = Path(tempfile.mkdtemp(prefix="assay-torture-")), keep

    def __enter__(self):
        return self.path

    def __exit__(self, kind, error, trace):
        if kind is None or not self.keep:
            shutil.rmtree(self.path, ignore_errors=True)
        else:
            print(f"  kept: {self.path}", flush=True)


def fault_library(folder):
    """Compiles `faults.c`, which is loaded into the server to make its calls fail."""
    library = folder / "faults.so"
    compiler = shutil.which("cc") or shutil.which("clang")
    if not compiler:
        raise SystemExit("a C compiler is needed for the trials with failing calls: install gcc")
    source = Path(__file__).with_name("faults.c")
    subprocess.run([compiler, "-O1", "-shared", "-fPIC", "-o", library, source, "-ldl"], check=True)
    return library


def work_until_killed(server, ledger, seconds, kill):
    """Lets threads write for a while, then ends the server in the middle."""
    stop = threading.Event()
    threads, errors = ledger.run(server, stop)
    until = time.monotonic() + seconds
    while time.monotonic() < until and server.process.poll() is None:
        time.sleep(min(0.02, seconds))
    kill()
    stop.set()
    for thread in threads:
        thread.join(60)
    if errors:
        raise errors[0]


def inspect(server):
    """Stops the server and has the folder checked by the second opinion."""
    server.stop()
    wrong = findings(server.data)
    if wrong:
        raise Loss("; ".join(wrong[:5]))


class Tally:
    """What a trial prints at its end."""

    def __init__(self, name, seed):
        self.name, self.seed, self.rounds, self.losses = name, seed, 0, []
        self.slowest_start, self.begin = 0.0, time.monotonic()

    def started(self, server):
        self.slowest_start = max(self.slowest_start, server.start_seconds)

    def line(self, ledger, unit):
        start = f"slowest start {self.slowest_start:.3f} s; " if self.slowest_start else ""
        return (f"{self.name}: {self.rounds} {unit}, seed {self.seed}: {ledger.acknowledged} acknowledged writes, "
                f"{len(self.losses)} lost; {start}{time.monotonic() - self.begin:.0f} s")
