"""What the trials share: a folder that is thrown away, and a server that dies while the ledger is written."""
import random, shutil, statistics, subprocess, tempfile, threading, time
from pathlib import Path
from check import findings
from known import Loss


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


def work_until_killed(server, ledger, seconds, kill, meanwhile=lambda: None, faults=False):
    """Lets threads write for a while, then ends the server in the middle; returns how many writes were acknowledged.

    - meanwhile: what is done at first, such as a backup from the beginning to the end.
    - faults: whether requests may fail, as those between a power cut and the end of the process.
    """
    stop = threading.Event()
    before = ledger.acknowledged
    threads, errors = ledger.run(server, stop, faults=faults)
    meanwhile()
    until = time.monotonic() + seconds
    while time.monotonic() < until and server.process.poll() is None:
        time.sleep(min(0.02, seconds))
    kill()
    stop.set()
    for thread in threads:
        thread.join(60)
    if errors:
        raise errors[0]
    return ledger.acknowledged - before


def under_fire(server, ledger, tally, rounds, folder, kill, revive=None):
    """Round after round: threads write, the blow falls, the server starts anew and has everything.

    From time to time a backup is made to its end in between, the stopped folder is checked, and the backup restored.

    - revive: what has to be done before the server can start again, where the disk failed too.
    """
    dice = random.Random(tally.seed)
    for number in range(rounds):
        is_last = number == rounds - 1
        meanwhile = (lambda: ledger.upkeep.back_up(server)) if number % 25 == 5 else lambda: None
        tally.writes.append(work_until_killed(
            server, ledger, dice.uniform(0.05, 0.4), kill, meanwhile, faults=revive is not None))
        if revive:
            revive()
        tally.rounds += 1
        server.start()
        tally.started(server)
        ledger.verify(server, dice)
        if number % 25 == 24 or is_last:
            inspect(server, ledger, folder)
            server.start()
        ledger.tidy(server)


def inspect(server, ledger, folder=None):
    """Stops the server, has the data folder checked by the second opinion, and compares all of it with the ledger.

    - folder: where the newest backup is restored to; nowhere without it.
    """
    server.stop()
    wrong = findings(server.data)
    if wrong:
        raise Loss("; ".join(wrong[:5]))
    ledger.compare(server.data)
    if folder:
        ledger.upkeep.restore(server, folder)


def still_serves(server, ledger):
    """Whatever became of writes, what was acknowledged is served while the server lives."""
    ledger.verify(server, random.Random(0), settle=False)


class Tally:
    """What a trial prints at its end."""

    def __init__(self, name, seed):
        self.name, self.seed, self.rounds, self.losses = name, seed, 0, []
        self.slowest_start, self.begin = 0.0, time.monotonic()
        #: Acknowledged writes of each round.
        self.writes = []

    def started(self, server):
        self.slowest_start = max(self.slowest_start, server.start_seconds)

    def line(self, ledger, unit):
        start = f"slowest start {self.slowest_start:.3f} s; " if self.slowest_start else ""
        return (f"{self.name}: {self.rounds} {unit}, seed {self.seed}: {ledger.acknowledged} acknowledged writes{self.each()}, "
                f"{len(self.losses)} lost; {start}{time.monotonic() - self.begin:.0f} s")

    def each(self):
        """How many writes there were to lose in each round; the first and the last rounds must not differ much."""
        if not self.writes:
            return ""
        third = max(1, len(self.writes) // 3)
        first, last = statistics.median(self.writes[:third]), statistics.median(self.writes[-third:])
        return f" ({first:.0f} a round at first, {last:.0f} at last)"
