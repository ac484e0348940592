"""The signed audit log at a million entries: proofs, what a write costs, and a check of everything on one core."""
import json, os, shutil, sqlite3, subprocess, sys, time
from hashlib import sha256

from connection import Connection, get, get_times
from populate import canonical
from programs import ROOT, Assay
from report import latency, row

ENTRIES = 1_000_000
VERIFIER = ROOT / "docs/reference/verify_log.py"


def run(bench):
    data = bench.folder / "audit"
    server = bench.keep(Assay(bench.binary, data, "--no-worker"))
    few = writes(server, "few")
    bench.stop(server)
    fill(data)
    server = bench.keep(Assay(bench.binary, data, "--no-worker"))
    row("start with 1,000,000 entries that were never hashed", f"{server.start_seconds:.3f} s")
    row("  until they are signed", f"{until_signed(server):.1f} s")
    latency("a write, when the log has few entries", few)
    latency("  when it has 1,000,000", writes(server, "many"), "target: less than 0.2 ms more")
    until_signed(server)
    size = status(server)["entries"]
    for name, path in {
        "checkpoint": "checkpoint", "proof of an entry, JSON": f"proofs/inclusion?entry={size // 3}",
        "proof of growth from a third, JSON": f"proofs/consistency?from={size // 3}",
        "whole tile of level 0": "tile/0/x001/000", "bundle of 256 entries": "tile/entries/x001/000",
    }.items():
        latency(name, get_times(server.port, f"/api/v1/audit/{path}", server.token), "target < 5 ms" if "proof" in name else "")
    kit = bench.folder / "kit"
    row("assay audit export", f"{server.run('audit', 'export', kit):.1f} s")
    row("  size of the kit", f"{sum(file.stat().st_size for file in kit.rglob('*') if file.is_file()) >> 20} MiB")
    checked("assay audit verify, offline, one core", [bench.binary, "audit", "verify", kit, "--json"], "target < 30 s")
    checked("verify_log.py, one core", [sys.executable, VERIFIER, kit])
    bench.stop(server)
    shutil.rmtree(kit)


def status(server):
    return json.loads(get(server.port, "/api/v1/audit/status", server.token)[1])


def until_signed(server):
    """Seconds until a checkpoint covers all entries."""
    start = time.perf_counter()
    while True:
        state = status(server)
        if state.get("checkpoint", "\n0").split("\n")[1] == str(state["entries"]):
            return time.perf_counter() - start
        time.sleep(0.01)


def writes(server, word, count=500):
    """Seconds of small writes one after the other, each with its entry; checkpoints are signed meanwhile."""
    times = []
    with Connection(server.port) as connection:
        for index in range(count):
            body = canonical({"name": f"{word}{index}"})
            start = time.perf_counter()
            connection.head("POST", "/api/v1/namespaces", server.token, len(body), "Content-Type: application/json\r\n")
            connection.socket.sendall(body)
            answer = connection.answer()
            times.append(time.perf_counter() - start)
            assert answer[0] == 201, answer
    return times


def fill(data):
    """Entries of the usual size, as the server would have written them, behind those that are there."""
    with sqlite3.connect(data / "meta.db") as database:
        (first,) = database.execute("SELECT max(sequence) + 1 FROM audit_entries").fetchone()

        def rows():
            for sequence in range(first, ENTRIES):
                entry = canonical({
                    "action": "alias.move", "actor": "p_0123456789abcdefghjkmnpqrs", "auth": "token:abcdefghjkmn",
                    "digest": f"sha256:{sha256(str(sequence).encode()).hexdigest()}", "namespace": "risk",
                    "object": f"model:risk/fraud:{sequence}", "request": f"{sequence:032x}", "seq": sequence,
                    "ts": 1_700_000_000_000 + sequence, "v": 1})
                yield sequence, entry, sha256(b"\0" + entry).digest()

        database.executemany("INSERT INTO audit_entries VALUES (?, ?, ?, NULL)", rows())


def checked(name, command, note=""):
    """Seconds, processor time and peak memory of a check, on one processor; it must find nothing."""
    process = subprocess.Popen(
        [str(part) for part in command], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        preexec_fn=lambda: os.sched_setaffinity(0, {min(os.sched_getaffinity(0))}))
    start = time.perf_counter()
    out = process.stdout.read()
    _, state, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(state)
    assert process.returncode == 0, out[:500]
    row(name, f"{time.perf_counter() - start:.1f} s", f"peak {usage.ru_maxrss >> 10} MiB{'; ' + note if note else ''}")
