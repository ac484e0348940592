"""One large upload by one client that sends with sendfile, beside docker-registry and a loop in Python."""
import time

from connection import Connection
from files import make_file
from programs import best, timed
from report import row, versus


def send_timed(bench, port, method, path, token=None, expected=(200, 201)):
    with Connection(port) as connection:
        start = time.perf_counter()
        status, _, body = connection.send(method, path, bench.big, token)
        seconds = time.perf_counter() - start
    if status not in expected:
        raise RuntimeError(f"{path} answered {status}: {body[:300]!r}")
    return seconds


def docker(bench):
    if not bench.docker:
        return None

    def push(_):
        with Connection(bench.docker.port) as connection:
            start = time.perf_counter()
            path = bench.docker.upload_path(connection, bench.digest)
            status, _, body = connection.send("PUT", path, bench.big)
            seconds = time.perf_counter() - start
        if status != 201:
            raise RuntimeError(f"docker-registry answered {status}: {body[:300]!r}")
        return seconds

    return best(push)


def run(bench):
    server, mib = bench.server, bench.mib
    blob = f"/api/v1/namespaces/demo/blobs/sha256:{bench.digest}"
    idle = server.memory()
    server.reset_peak()
    ours = best(lambda _: send_timed(bench, server.port, "PUT", blob, server.token))
    peak = server.memory("VmHWM") - idle
    floor = best(lambda _: send_timed(bench, bench.floor.port, "PUT", "/"))
    copy = bench.folder / "copy"
    cp = best(lambda _: timed(["sh", "-c", f"cp '{bench.big}' '{copy}' && sync '{copy}' && openssl dgst -sha256 '{copy}'"]))
    copy.unlink()
    versus(
        f"upload of {mib} MiB, hashed and synced", ours, mib,
        [("docker-registry without sync", docker(bench), 1.5), ("Python without sync", floor, 0.9),
         ("cp + sync + openssl", cp, None)])
    row("  server's memory above idle, at most", f"{peak:.0f} MiB", "target < 64 MiB")
    curl = best(lambda _: timed(
        ["curl", "--fail", "--silent", "-H", f"Authorization: Bearer {server.token}", "-T", bench.big, server.url + blob]))
    row("  the same by curl, which reads 64 KiB at a time", f"{mib / curl:.0f} MiB/s")
    fresh = make_file(bench.folder / "fresh.bin", mib, salt=1)
    for file, note in ((fresh, "new bytes"), (bench.big, "bytes that the server has")):
        pushed = server.run("push", "-q", "--no-source", "demo/big", file, cwd=bench.folder)
        row(f"assay push of {mib} MiB, {note}", f"{mib / pushed:.0f} MiB/s")
    fresh.unlink()
