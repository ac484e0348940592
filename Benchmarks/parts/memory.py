"""Memory of the server by the number of transfers under way, with clients that are slower than it."""
import threading, time

from connection import Connection
from programs import Assay
from report import row

COUNTS = (1, 4, 16)


def transfers(server, count, one):
    """The peak above idle, in MiB, while `count` transfers run."""
    time.sleep(1)
    server.reset_peak()
    threads = [threading.Thread(target=one) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return server.memory("VmHWM")


def run(bench):
    for name in ("upload", "download"):
        measure(bench, name)


def measure(bench, name):
    """On a fresh server: what an earlier part left in its memory is no part of this."""
    server = bench.keep(Assay(bench.binary, bench.folder / f"memory-{name}"))
    server.run("namespace", "create", "demo")
    blob = f"/api/v1/namespaces/demo/blobs/sha256:{bench.digest}"

    def upload():
        with Connection(server.port) as connection:
            status, _, _ = connection.send("PUT", blob, bench.big, server.token)
            assert status in (200, 201), status

    def download():
        """Reads slowly at first, so that what the server holds ready stands in its memory."""
        with Connection(server.port) as connection:
            connection.head("GET", blob, server.token)
            buffer, left = bytearray(1 << 20), bench.mib << 20
            for _ in range(40):
                left -= connection.socket.recv_into(buffer, min(left, 1 << 18))
                time.sleep(0.02)
            while left > 0:
                count = connection.socket.recv_into(buffer, min(left, 1 << 20))
                if not count:
                    break
                left -= count

    if name == "download":
        upload()
    time.sleep(1)
    idle = server.memory()
    one = download if name == "download" else upload
    peaks = [transfers(server, count, one) for count in COUNTS]
    row(f"memory above idle, 1 {name} of {bench.mib} MiB", f"{peaks[0] - idle:.0f} MiB", "target < 64 MiB")
    each = (peaks[-1] - peaks[0]) / (COUNTS[-1] - 1)
    row(f"  for each further one, of {COUNTS[-1]}", f"{each:.1f} MiB", "target < 8 MiB")
    bench.stop(server)
