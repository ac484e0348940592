"""One large download by curl, beside nginx with sendfile and docker-registry."""
from connection import Connection
from programs import best, timed
from report import row, versus


def run(bench):
    server, mib = bench.server, bench.mib
    blob = f"/api/v1/namespaces/demo/blobs/sha256:{bench.digest}"
    bench.upload_everywhere()

    def curl(url, *options):
        return best(lambda _: timed(["curl", "--fail", "--silent", *options, "-o", "/dev/null", url]))

    idle = server.memory()
    server.reset_peak()
    ours = curl(server.url + blob, "-H", f"Authorization: Bearer {server.token}")
    peak = server.memory("VmHWM") - idle
    nginx = bench.nginx and curl(f"http://127.0.0.1:{bench.nginx.port}/big.bin")
    docker = bench.docker and curl(f"http://127.0.0.1:{bench.docker.port}/v2/demo/blobs/sha256:{bench.digest}")
    versus(f"download of {mib} MiB", ours, mib, [("nginx", nginx, 0.9), ("docker-registry", docker, 2)])
    row("  server's memory above idle, at most", f"{peak:.0f} MiB", "target < 64 MiB")
    server.run("push", "-q", "--no-source", "demo/pulled", bench.big, cwd=bench.folder)
    pulled = server.run("pull", "-q", "demo/pulled:1", "--into", bench.folder / "pulled")
    row(f"assay pull of {mib} MiB, verified and durable", f"{mib / pulled:.0f} MiB/s")
