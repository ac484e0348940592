"""Small reads while 64 uploads run: slow ones, which trickle, and fast ones, which send all they can."""
import selectors, threading, time

from connection import Connection, get_times
from files import BLOCK
from report import latency, percentile, row

UPLOADS = 64
DECLARED = 1 << 40


class Uploads:
    """64 connections that send bodies from one thread; `pause` seconds between two pieces of each, 0 for none."""

    def __init__(self, bench, piece, pause):
        self.piece, self.pause, self.sent, self.running = BLOCK[:piece], pause, 0, True
        self.connections = [Connection(bench.server.port) for _ in range(UPLOADS)]
        for index, connection in enumerate(self.connections):
            digest = f"{index:064x}"
            connection.head("PUT", f"/api/v1/namespaces/demo/blobs/sha256:{digest}", bench.server.token, DECLARED)
        self.thread = threading.Thread(target=self.slow if pause else self.fast)
        self.thread.start()

    def slow(self):
        while self.running:
            start = time.monotonic()
            for connection in self.connections:
                connection.socket.sendall(self.piece)
                self.sent += len(self.piece)
            time.sleep(max(0, self.pause - (time.monotonic() - start)))

    def fast(self):
        with selectors.DefaultSelector() as selector:
            for connection in self.connections:
                connection.socket.setblocking(False)
                selector.register(connection.socket, selectors.EVENT_WRITE)
            while self.running and self.sent < 4 << 30:
                for key, _ in selector.select(timeout=0.1):
                    self.sent += key.fileobj.send(self.piece)

    def __enter__(self):
        time.sleep(1)
        return self

    def __exit__(self, *_):
        self.running = False
        self.thread.join()
        for connection in self.connections:
            connection.socket.close()


def measure(bench, path, name):
    server = bench.server
    alone = get_times(server.port, path, server.token, 2000)
    latency(f"GET of {name}, no uploads", alone)
    for kind, piece, pause in (("slow", 1 << 14, 0.05), ("fast", 1 << 18, 0)):
        with Uploads(bench, piece, pause) as uploads:
            start, before = time.monotonic(), uploads.sent
            times = get_times(server.port, path, server.token, 2000)
            rate = (uploads.sent - before) / (time.monotonic() - start) / (1 << 20)
        ratio = percentile(times, 0.99) / percentile(alone, 0.99)
        latency(f"  while {UPLOADS} {kind} uploads send {rate:.0f} MiB/s", times, f"p99 {ratio:.1f} × that without")
        time.sleep(1)


def run(bench):
    server = bench.server
    small = bench.www / "small.json"
    server.run("push", "-q", "--no-source", "demo/quiet", small, cwd=bench.folder)
    measure(bench, "/api/v1/models/demo/quiet/versions/1", "a version")
    measure(bench, "/api/v1/models/demo/quiet/versions/1/files/small.json", "a small file")
