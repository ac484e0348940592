"""Small reads while 64 uploads run: slow ones, which trickle, and fast ones, which send all they can.

Fast uploads fill both processors, and any read has to share them. How much of that is the machine is told by two peers in
the same run: nginx beside the same uploads to Assay, and nginx beside uploads that a loop in Python takes.
"""
import selectors, threading, time

from connection import Connection, get_times_for
from files import BLOCK
from report import latency, percentile

UPLOADS = 64
#: Bytes that each declares; no more than all together leave free on the disk, or the server refuses them.
DECLARED = 256 << 20
#: How long each is measured.
SECONDS = 4


class Uploads:
    """64 connections that send bodies from one thread; `pause` seconds between two pieces of each, 0 for none."""

    def __init__(self, port, token, piece, pause):
        self.piece, self.pause, self.sent, self.running, self.failure = BLOCK[:piece], pause, 0, True, None
        self.connections = [Connection(port) for _ in range(UPLOADS)]
        for index, connection in enumerate(self.connections):
            digest = f"{index:064x}"
            connection.head("PUT", f"/api/v1/namespaces/demo/blobs/sha256:{digest}", token, DECLARED)
        self.left = {connection.socket: DECLARED - 1 for connection in self.connections}
        self.thread = threading.Thread(target=self.send)
        self.thread.start()

    def send(self):
        try:
            self.slow() if self.pause else self.fast()
        except OSError as failure:
            self.failure = failure

    def slow(self):
        while self.running:
            start = time.monotonic()
            for connection in self.connections:
                connection.socket.sendall(self.piece)
                self.sent += len(self.piece)
            time.sleep(max(0, self.pause - (time.monotonic() - start)))

    def fast(self):
        """Never the last byte: no upload ends while it is measured."""
        with selectors.DefaultSelector() as selector:
            for socket in self.left:
                socket.setblocking(False)
                selector.register(socket, selectors.EVENT_WRITE)
            while self.running and selector.get_map():
                for key, _ in selector.select(timeout=0.1):
                    count = key.fileobj.send(self.piece[:self.left[key.fileobj]])
                    self.sent += count
                    self.left[key.fileobj] -= count
                    if not self.left[key.fileobj]:
                        selector.unregister(key.fileobj)

    def __enter__(self):
        time.sleep(1)
        return self

    def __exit__(self, *_):
        self.running = False
        self.thread.join()
        for connection in self.connections:
            connection.socket.close()
        if self.failure:
            raise RuntimeError(f"an upload was broken off: {self.failure}")


def beside(name, alone, uploads, port, path, token):
    """Times of reads while uploads run, beside those without."""
    with uploads:
        start, before = time.monotonic(), uploads.sent
        times = get_times_for(SECONDS, port, path, token)
        rate = (uploads.sent - before) / (time.monotonic() - start) / (1 << 20)
    ratio = percentile(times, 0.99) / percentile(alone, 0.99)
    latency(f"  {name} send {rate:.0f} MiB/s", times, f"p99 {ratio:.1f} × that without")
    time.sleep(1)


def measure(bench, path, name):
    server = bench.server
    alone = get_times_for(SECONDS, server.port, path, server.token)
    latency(f"GET of {name}, no uploads", alone)
    for kind, piece, pause in (("slow", 1 << 14, 0.05), ("fast", 1 << 18, 0)):
        uploads = Uploads(server.port, server.token, piece, pause)
        beside(f"while {UPLOADS} {kind} uploads", alone, uploads, server.port, path, server.token)


def measure_nginx(bench):
    """The same reads of a file that nginx serves, which has threads and processes of its own."""
    port, path, server = bench.nginx.port, "/small.json", bench.server
    alone = get_times_for(SECONDS, port, path)
    latency("nginx: GET of a small file, no uploads", alone)
    beside(f"while {UPLOADS} fast uploads to Assay", alone, Uploads(server.port, server.token, 1 << 18, 0), port, path, None)
    beside(f"while {UPLOADS} fast uploads to a loop in Python", alone, Uploads(bench.floor.port, None, 1 << 18, 0), port, path, None)


def run(bench):
    server = bench.server
    small = bench.www / "small.json"
    server.run("push", "-q", "--no-source", "demo/quiet", small, cwd=bench.folder)
    measure(bench, "/api/v1/models/demo/quiet/versions/1", "a version")
    measure(bench, "/api/v1/models/demo/quiet/versions/1/files/small.json", "a small file")
    if bench.nginx:
        measure_nginx(bench)
