"""Starts after a kill with large files just uploaded, and nothing of them in the system's cache any more."""
from connection import Connection
from files import make_file, sha256
from programs import Assay
from report import row

MIB, FILES = 4096, 4
ROUNDS = 3


def forget_cache():
    """Needs root; without it the files are still in memory, and said to be."""
    try:
        with open("/proc/sys/vm/drop_caches", "w") as file:
            file.write("3\n")
        return "cold cache"
    except OSError:
        return "warm cache"


def run(bench):
    data = bench.folder / "recovery"
    server = bench.keep(Assay(bench.binary, data, "--no-worker"))
    server.run("namespace", "create", "demo")
    bench.stop(server)
    starts, state = [], ""
    for index in range(ROUNDS):
        server = bench.keep(Assay(bench.binary, data, "--no-worker"))
        for number in range(FILES):
            path = make_file(bench.folder / "upload.bin", MIB // FILES, salt=1000 + FILES * index + number)
            put = f"/api/v1/namespaces/demo/blobs/sha256:{sha256(path)}"
            with Connection(server.port) as connection:
                assert connection.send("PUT", put, path, server.token)[0] == 201
            path.unlink()
        server.kill()
        bench.running.remove(server)
        state = forget_cache()
        server = bench.keep(Assay(bench.binary, data, "--no-worker"))
        starts.append(server.start_seconds)
        bench.stop(server)
    row(f"start after a kill, {MIB} MiB just uploaded, slowest of {ROUNDS}", f"{max(starts):.3f} s", f"{state}; target < 2 s")
