"""Measures Assay's figures, beside peers measured in the same run; prints numbers and ratios, judges nothing.

Everything runs on this machine's loopback and in one temporary folder, which goes away at the end. Peers that are not
installed are left out and named: nginx, docker-registry.
"""
import argparse, importlib, shutil, signal, sys, tempfile
from pathlib import Path

from connection import Connection
from files import make_file, sha256
from programs import ROOT, Assay, DockerRegistry, Nginx, PythonFloor, started
from report import heading

PARTS = {
    "start": "Start", "reads": "Small reads", "upload": "Upload", "download": "Download", "crowd": "Many uploads",
    "starvation": "Reads while others upload", "memory": "Memory", "scale": "Scale",
    "upkeep": "Reads and pushes beside upkeep", "recovery": "Starts after a kill", "reproduce": "Reproduction",
    "compare": "Comparison", "audit": "Audit log", "demo": "Demo",
}


class Bench:
    """What the parts share."""

    def __init__(self, options, folder):
        self.options, self.folder, self.binary, self.mib = options, folder, options.assay, options.size
        self.www = folder / "www"
        self.www.mkdir()
        (self.www / "small.json").write_text("{}\n")
        self.running, self.is_everywhere = [], False

    def open(self):
        self.big = make_file(self.www / "big.bin", self.mib)
        self.digest = sha256(self.big)
        self.server = self.keep(Assay(self.binary, self.folder / "data"))
        self.server.run("namespace", "create", "demo")
        self.nginx = self.keep(started(Nginx, "nginx", self.folder))
        self.docker = self.keep(started(DockerRegistry, "docker-registry", self.folder))
        self.floor = self.keep(started(PythonFloor, None, self.folder))

    def keep(self, program):
        if program:
            self.running.append(program)
        return program

    def upload_everywhere(self):
        """Has the large file in the stores of all that serve it."""
        if self.is_everywhere:
            return
        with Connection(self.server.port) as connection:
            path = f"/api/v1/namespaces/demo/blobs/sha256:{self.digest}"
            assert connection.send("PUT", path, self.big, self.server.token)[0] in (200, 201)
        if self.docker:
            with Connection(self.docker.port) as connection:
                path = self.docker.upload_path(connection, self.digest)
                assert connection.send("PUT", path, self.big)[0] == 201
        self.is_everywhere = True

    def stop(self, program):
        self.running.remove(program)
        program.stop()

    def close(self):
        for program in self.running:
            program.stop()


def main():
    parser = argparse.ArgumentParser(prog="scripts/bench", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"{', '.join(PARTS)}; all without it")
    parser.add_argument("--assay", default=str(ROOT / ".build/release/assay"), help="the binary")
    parser.add_argument("--size", type=int, default=1024, help="MiB of the large file")
    parser.add_argument("--versions", type=int, nargs="+", default=[100_000, 1_000_000], help="of the part scale")
    parser.add_argument("--folder", help="where the temporary folder is made: on the disk that is to be measured")
    options = parser.parse_args()
    if unknown := set(options.parts) - set(PARTS):
        parser.error(f"no such part: {', '.join(sorted(unknown))}")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    folder = Path(tempfile.mkdtemp(prefix="assay-bench-", dir=options.folder))
    folder.chmod(0o755)
    bench = Bench(options, folder)
    try:
        bench.open()
        for name in options.parts or PARTS:
            heading(PARTS[name])
            importlib.import_module(f"parts.{name}").run(bench)
    finally:
        bench.close()
        shutil.rmtree(folder, ignore_errors=True)


main()
