"""Memory of the server by the number of transfers under way, with clients that are slower than it."""
import threading, time

from connection import Connection
from report import row

COUNTS = (1, 4, 16)


def transfers(bench, count, one):
    """The peak above idle, in MiB, while `count` transfers run."""
    server = bench.server
    time.sleep(1)
    server.reset_peak()
    threads = [threading.Thread(target=one) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return server.memory("VmHWM")


def run(bench):
    server = bench.server
    bench.upload_everywhere()
    blob = f"/api/v1/namespaces/demo/blobs/sha256:{bench.digest}"

    def upload():
        with Connection(server.port) as connection:
            status, _, _ = connection.send("PUT", blob, bench.big, server.token)
            assert status == 200, status

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

    for name, one in (("upload", upload), ("download", download)):
        idle = server.memory()
        peaks = [transfers(bench, count, one) for count in COUNTS]
        row(f"memory above idle, 1 {name} of {bench.mib} MiB", f"{peaks[0] - idle:.0f} MiB", "target < 64 MiB")
        each = (peaks[-1] - peaks[0]) / (COUNTS[-1] - 1)
        row(f"  for each further one, of {COUNTS[-1]}", f"{each:.1f} MiB", "target < 8 MiB")
