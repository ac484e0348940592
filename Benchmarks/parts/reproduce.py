"""What a sandbox costs at its start, and what a reproduction costs beside the training itself."""
import json, os, shutil, statistics, subprocess, time

from programs import ROOT, timed
from report import row

# The namespaces and mounts of the executor, with the machine's own /usr as root.
SANDBOX = [
    "bwrap", "--unshare-all", "--unshare-user", "--uid", "1000", "--gid", "1000", "--cap-drop", "ALL",
    "--disable-userns", "--die-with-parent", "--new-session", "--clearenv", "--hostname", "assay", "--ro-bind", "/usr",
    "/usr", "--symlink", "usr/bin", "/bin", "--symlink", "usr/lib", "/lib", "--symlink", "usr/lib64", "/lib64", "--proc",
    "/proc", "--dev", "/dev", "--tmpfs", "/tmp", "--remount-ro", "/", "--"]


def run(bench):
    start_sandbox()
    reproduce_digits(bench)


def start_sandbox():
    plain = statistics.median(timed(["/usr/bin/true"]) for _ in range(51))
    if not shutil.which("bwrap"):
        return row("start of a sandbox", "-", "bwrap is not installed")
    sandboxed = statistics.median(timed([*SANDBOX, "/usr/bin/true"]) for _ in range(51))
    row("start of a bubblewrap sandbox, median of 51", f"{sandboxed * 1000:.1f} ms",
        f"plain {plain * 1000:.1f} ms; target < 25 ms")


def reproduce_digits(bench):
    project = bench.folder / "digits-mlp"
    shutil.copytree(ROOT / "examples/digits-mlp", project)
    identity = ["-c", "user.name=Bench", "-c", "user.email=bench@example.org"]
    for command in (["init", "--quiet"], ["add", "--all"], ["commit", "--quiet", "--message", "Digits"]):
        subprocess.run(["git", *identity, *command], cwd=project, check=True)
    for data in ("train", "validation"):
        bench.server.run("dataset", "push", f"demo/digits-{data}", str(project / "data" / data))
    bench.server.run("run", str(project), "--quiet")
    wall, server = zip(*[reproduction(bench) for _ in range(5)])
    by_hand = statistics.median(timed_by_hand(project) for _ in range(5))
    note = f"training and evaluating by hand {by_hand:.2f} s"
    row("reproduction of digits-mlp, asked to verdict, median of 5", f"{statistics.median(server):.2f} s", note)
    row("of that beside the training", f"{statistics.median(server) - by_hand:.2f} s", "target < 1 s")
    row("`assay reproduce` of it as its user waits", f"{statistics.median(wall):.2f} s")


def reproduction(bench):
    """Seconds as the user waits, and between asking and verdict as the server has them."""
    start = time.perf_counter()
    out = subprocess.run(
        [bench.server.binary, "reproduce", "demo/digits-mlp:1", "--json", "--quiet"], env=bench.server.environment,
        check=True, capture_output=True)
    wall = time.perf_counter() - start
    record = json.loads(out.stdout)
    return wall, (record["endedAt"] - record["createdAt"]) / 1000


def timed_by_hand(project):
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    return sum(timed(["/usr/bin/python3", script], env=environment, cwd=project) for script in ("train.py", "evaluate.py"))
