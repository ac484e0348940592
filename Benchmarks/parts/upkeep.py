"""Reads and small pushes while the store collects garbage, scrubs, checks itself and is backed up.

The folder holds 100,000 versions and some large files, so that each work takes its time. A kind of request is measured
without and beside each work in the same run; the server is asked on one connection, one request after the other.
"""
import hashlib, json, os, shutil, sqlite3, subprocess, threading, time

from connection import Connection
from files import make_file
from parts.scale import NAMESPACES, prepare
from programs import Assay
from report import latency, percentile

LARGE, MIB = 4, 256
SECONDS = 6


class Requests:
    """The three kinds of requests, each in a row of its own."""

    def __init__(self, server):
        self.server, self.number = server, 0
        self.large = f"/api/v1/models/{NAMESPACES[0]}/large/versions"
        self.kinds = {"GET of a version": self.version, "GET of a small file": self.file, "push of a version": self.push}

    def version(self, connection):
        """Another one each time, so that no answer is kept from before."""
        self.number += 1
        return connection.get(f"{self.large}/{self.number % 5000 + 1}", self.server.token)[0]

    def file(self, connection):
        self.number += 1
        return connection.get(f"{self.large}/{self.number % 5000 + 1}/files/config.json", self.server.token)[0]

    def push(self, connection):
        """New bytes, then a version of them."""
        self.number += 1
        content = f"pushed {os.getpid()} {self.number}\n".encode()
        digest = hashlib.sha256(content).hexdigest()
        self.send(connection, "PUT", f"/api/v1/namespaces/{NAMESPACES[1]}/blobs/sha256:{digest}", content, "application/octet-stream")
        version = {
            "files": [{"path": "w.txt", "size": len(content), "sha256": digest, "mediaType": "text/plain", "mode": "file"}],
            "run": {"kind": "import", "state": "finished", "metrics": [], "facts": {}}}
        return self.send(
            connection, "POST", f"/api/v1/models/{NAMESPACES[1]}/pushed/versions", json.dumps(version).encode(), "application/json")

    def send(self, connection, method, path, body, media):
        connection.head(method, path, self.server.token, len(body), f"Content-Type: {media}\r\n")
        connection.socket.sendall(body)
        status, _, answer = connection.answer()
        if status not in (200, 201):
            raise RuntimeError(f"{path} answered {status}: {answer[:300]!r}")
        return status

    def measure(self, seconds, goes_on=lambda: False):
        """Seconds of each kind, in turn, for so long and as long as the work goes on."""
        times = {name: [] for name in self.kinds}
        end = time.monotonic() + seconds
        with Connection(self.server.port) as connection:
            while time.monotonic() < end or goes_on():
                for name, ask in self.kinds.items():
                    start = time.perf_counter()
                    status = ask(connection)
                    times[name].append(time.perf_counter() - start)
                    if status not in (200, 201):
                        raise RuntimeError(f"{name} answered {status}")
        return times


def idle():
    os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))


class Work:
    """A command that is repeated until it was measured beside.

    It stands for one on another machine: what it computes itself, it computes while nobody else wants a processor.
    """

    def __init__(self, server, *arguments):
        self.server, self.arguments, self.stopped, self.rounds, self.failure = server, arguments, False, 0, None
        self.thread = threading.Thread(target=self.repeat)

    def repeat(self):
        try:
            while not self.stopped:
                self.server.run(*self.arguments, preexec_fn=idle)
                self.rounds += 1
        except subprocess.CalledProcessError as failure:
            self.failure = failure

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.stopped = True
        self.thread.join()
        if self.failure:
            raise self.failure


def run(bench):
    data, backups = bench.folder / "upkeep", bench.folder / "upkeep-backups"
    prepare(bench, data, 100_000)
    backups.mkdir()
    server = bench.keep(Assay(bench.binary, data, "--no-worker", "--scrub-rate", "0", "--backups", backups))
    for number in range(LARGE):
        path = make_file(bench.folder / "large.bin", MIB, salt=77 + number)
        server.run("push", "-q", "--no-source", f"{NAMESPACES[1]}/big", path, cwd=bench.folder)
        path.unlink()
    requests = Requests(server)
    requests.measure(2)
    works = {"collections": ["gc"], "fsck": ["fsck"], "fsck that reads all": ["fsck", "--read-data"], "backups": ["backup", "--keep", "1"]}
    for name, command in works.items():
        alone = requests.measure(SECONDS)
        with Work(server, *command) as work:
            times = requests.measure(SECONDS, lambda: not work.rounds and not work.failure)
        compare(f"beside {name}", times, alone)
    bench.stop(server)
    scrub(bench, data)
    shutil.rmtree(data)
    shutil.rmtree(backups)


def scrub(bench, data):
    """Without and with the scrub, for which all is due: it reads as fast as it may."""
    with sqlite3.connect(data / "meta.db") as database:
        database.execute("UPDATE blob_checks SET checked_at = 0")
    measured = []
    for number, rate in enumerate(("0", "50")):
        server = bench.keep(Assay(bench.binary, data, "--no-worker", "--scrub-rate", rate))
        requests = Requests(server)
        requests.number = (1 + number) << 20
        requests.measure(2)
        measured.append(requests.measure(SECONDS))
        bench.stop(server)
    compare("beside the scrub of 50 MB/s", measured[1], measured[0])


def compare(work, times, alone):
    """Beside what was measured just before: what else the machine does changes within minutes."""
    for name, seconds in times.items():
        before, ratio = percentile(alone[name], 0.99), percentile(seconds, 0.99) / percentile(alone[name], 0.99)
        latency(f"{name}, {work}", seconds, f"alone {before * 1000:.3f} ms: p99 {ratio:.1f} × that; target < 2")
