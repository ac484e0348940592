"""Reads of a store with many versions: each on one connection, with a write before the first, so none is kept."""
import hashlib, json, shutil, sqlite3, subprocess, time
from urllib.parse import quote

from connection import get, get_times
from populate import Population
from programs import Assay
from report import latency, row

POINTS = 1_000_000
NAMESPACES = [f"team-{index}" for index in range(20)]
TARGET = "target < 5 ms p50"


def prepare(bench, data, versions):
    """Lets the server make namespaces and principals, stops it, and fills its folder; returns the approver's id."""
    server = bench.keep(Assay(bench.binary, data, "--no-worker"))
    for namespace in NAMESPACES:
        server.run("namespace", "create", namespace)
    server.run("token", "create", "--principal", "approver", "--role", "approver")
    reader = subprocess.run(
        [server.binary, "token", "create", "--principal", "reader", "--role", "reader", "--namespace", NAMESPACES[0]],
        env=server.environment, check=True, capture_output=True, text=True).stdout.strip()
    bench.stop(server)
    with sqlite3.connect(data / "meta.db") as database:
        people = dict(database.execute("SELECT name, principal_id FROM principal_names"))
    start = time.perf_counter()
    Population(data, versions, POINTS, people["admin"], people["approver"], NAMESPACES).fill()
    row("filling the folder", f"{time.perf_counter() - start:.0f} s")
    size = sum(file.stat().st_size for file in data.glob("meta.db*"))
    row("size of the database", f"{size / (1 << 20):.0f} MiB")
    # What was filled in has to be what the server would have written.
    start = time.perf_counter()
    subprocess.run([bench.binary, "fsck", "--data", data], check=True, stdout=subprocess.DEVNULL)
    row("assay fsck, lengths only", f"{time.perf_counter() - start:.1f} s")
    return reader


def recover(bench, data):
    """Starts after a kill in the middle of writes: the log of the database is still to be read."""
    server = bench.keep(Assay(bench.binary, data, "--no-worker"))
    for index in range(50):
        server.run("alias", "set", f"{NAMESPACES[0]}/large:{index + 1}", "moving")
    server.kill()
    bench.running.remove(server)
    return bench.keep(Assay(bench.binary, data, "--no-worker"))


def check(server):
    """That the rows are what a push would have left: a version's document hashes to its digest, its bytes to theirs."""
    path = f"/api/v1/models/{NAMESPACES[0]}/large/versions/7"
    version = json.loads(get(server.port, path, server.token)[1])
    text = json.dumps(version["document"], sort_keys=True, separators=(",", ":"))
    assert version["summary"]["digest"] == "sha256:" + hashlib.sha256(text.encode()).hexdigest()
    for file in version["files"]:
        body = get(server.port, f"{path}/files/{file['path']}", server.token)[1]
        assert hashlib.sha256(body).hexdigest() == file["sha256"].removeprefix("sha256:")


def run(bench):
    for versions in bench.options.versions:
        measure(bench, versions)


def measure(bench, versions):
    data = bench.folder / f"scale-{versions}"
    row(f"{versions:,} versions", "")
    reader = prepare(bench, data, versions)
    server = recover(bench, data)
    row("start after a kill, to ready", f"{server.start_seconds:.3f} s", "target < 2 s")
    check(server)
    with sqlite3.connect(f"file:{data}/meta.db?mode=ro", uri=True) as database:
        (commit,) = database.execute("SELECT source_commit FROM runs LIMIT 1").fetchone()
    large = f"/api/v1/models/{NAMESPACES[0]}/large/versions"
    questions = {
        "get by alias": f"{large}/production",
        "list page of 100": f"{large}?limit=100",
        "list page of 100 models": "/api/v1/models?limit=100",
        "search page of 100, part of a name": search("fraud"),
        "search page of 100, two letters": search("fr"),
        "search page of 100, accuracy above 0.9": search("metric:accuracy>0.9"),
        "search page of 100, accuracy above 0.9999": search("metric:accuracy>0.9999"),
        "search page of 100, a commit": search(f"commit:{commit[:8]}"),
        "search page of 100, production": search("alias:production"),
        "search page of 100, approved": search("approval:approved"),
        "search page of 100, a name, approved, above 0.5": search("fraud approval:approved metric:accuracy>0.5"),
    }
    for name, path in questions.items():
        latency(name, get_times(server.port, path, server.token, 200), TARGET)
    latency("get by alias, fresh", fresh(server, f"{large}/production"), TARGET)
    others = {
        "search that finds nothing": search("zz approval:pending"),
        "lineage of a version": f"/api/v1/lineage?ref=model:{NAMESPACES[0]}/large:7",
        "lineage down from a commit": f"/api/v1/lineage?ref=commit:{commit}&direction=down",
        "audit log, page of 100": "/api/v1/audit?limit=100",
        "audit log of a namespace, page of 100": f"/api/v1/audit?limit=100&namespace={NAMESPACES[3]}",
        "members": f"/api/v1/namespaces/{NAMESPACES[0]}/members",
        "aliases of a model": f"/api/v1/models/{NAMESPACES[0]}/large/aliases",
    }
    for name, path in others.items():
        latency(name, get_times(server.port, path, server.token, 50))
    latency("search by who may read one namespace of 20", get_times(server.port, search("metric:accuracy>0.9"), reader, 50))
    latency("/metrics", get_times(server.port, "/metrics", None, 50))
    row("memory of the server", f"{server.memory():.0f} MiB")
    bench.stop(server)
    shutil.rmtree(data)


def search(text):
    return f"/api/v1/search?limit=100&q={quote(text)}"


def fresh(server, path):
    """The first answer after a write, which no answer kept before can be."""
    times = []
    for index in range(30):
        server.run("alias", "set", f"{NAMESPACES[0]}/large:{index + 1}", "moving")
        times += get_times(server.port, path, server.token, 1)
    return times
