"""Small reads of a real version: a training run with 38 metrics, and nginx with the same bytes in a file."""
import shutil, statistics, time

from connection import Connection, get_times
from programs import ROOT, timed
from report import latency, percentile, row

VERSION = "/api/v1/models/demo/digits-mlp/versions/candidate"


def train(bench):
    project = bench.folder / "digits"
    shutil.copytree(ROOT / "examples/digits-mlp", project)
    git = ["git", "-C", project, "-c", "user.name=bench", "-c", "user.email=bench@example.org"]
    for command in (["init", "--quiet"], ["add", "--all"], ["commit", "--quiet", "--message=Add digits"]):
        timed([*git, *command])
    server = bench.server
    for split in ("train", "validation"):
        server.run("dataset", "push", f"demo/digits-{split}", project / "data" / split)
    server.run("run", "-q", project)
    server.run("alias", "set", "demo/digits-mlp:1", "candidate")


def run(bench):
    train(bench)
    server = bench.server
    with Connection(server.port) as connection:
        (bench.www / "small.json").write_bytes(connection.get(VERSION, server.token)[1])
    asked = get_times(server.port, VERSION, server.token)
    latency("GET of a version by alias, p50 on one connection", asked, "target < 0.5 ms")
    if bench.nginx:
        small = get_times(bench.nginx.port, "/small.json")
        ratio = percentile(asked, 0.5) / percentile(small, 0.5)
        latency("  nginx, the same answer from a file", small, f"version/nginx = {ratio:.1f}")
    fresh = []
    for index in range(50):  # a write between two reads: the answer is put together anew
        server.run("alias", "set", "demo/digits-mlp:1", f"other{index}")
        with Connection(server.port) as connection:
            connection.get("/healthz")
            start = time.perf_counter()
            connection.get(VERSION, server.token)
            fresh.append(time.perf_counter() - start)
    row("  the first one after a write, median of 50", f"{statistics.median(fresh) * 1000:.3f} ms")
    latency("GET of a 19 KiB file by alias", get_times(server.port, VERSION + "/files/model.safetensors", server.token))
