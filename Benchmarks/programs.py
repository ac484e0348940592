"""The server that is measured, and the programs that it is measured beside."""
import os, re, shutil, signal, subprocess, sys, time
from pathlib import Path

from connection import free_port, get, wait_for

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent


class Assay:
    """A server of the built binary."""

    def __init__(self, binary, data, *options):
        self.binary, self.data, self.port = str(binary), Path(data), free_port()
        start = time.perf_counter()
        self.process = subprocess.Popen(
            [self.binary, "serve", "--data", str(data), "--port", str(self.port), "--log-level", "error", *options],
            stderr=subprocess.DEVNULL)
        wait_for(self.port, "/readyz", self.process)
        self.start_seconds = time.perf_counter() - start
        self.token = (self.data / "admin-token").read_text().strip()
        self.environment = {
            **os.environ, "ASSAY_URL": f"http://127.0.0.1:{self.port}", "ASSAY_TOKEN": self.token, "HOME": str(data)}

    @property
    def url(self):
        return self.environment["ASSAY_URL"]

    def run(self, *arguments, **options):
        """Runs the command line against the server; returns how many seconds it took."""
        return timed([self.binary, *arguments], env=self.environment, **options)

    def memory(self, key="VmRSS"):
        """MiB: VmRSS now, VmHWM the peak since `reset_peak`."""
        text = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(rf"{key}:\s+(\d+)", text)[1]) / 1024

    def reset_peak(self):
        Path(f"/proc/{self.process.pid}/clear_refs").write_text("5")

    def stop(self):
        end(self.process)

    def kill(self):
        self.process.kill()
        self.process.wait()


class Nginx:
    """Serves the folder `www` by sendfile."""

    def __init__(self, folder):
        self.port = free_port()
        (folder / "nginx.conf").write_text(f"""
            daemon off; pid {folder}/nginx.pid; error_log /dev/null; worker_processes 1;
            events {{}} http {{ access_log off; sendfile on; keepalive_requests 100000000;
            server {{ listen 127.0.0.1:{self.port}; root {folder}/www; }} }}""")
        self.process = subprocess.Popen(
            ["nginx", "-p", str(folder), "-c", str(folder / "nginx.conf")], stderr=subprocess.DEVNULL)
        wait_for(self.port, "/small.json", self.process)

    def stop(self):
        end(self.process)


class DockerRegistry:
    """Debian's docker-registry (distribution) on the file system; it does not sync what it stores."""

    def __init__(self, folder):
        self.port, self.root = free_port(), folder / "docker-registry"
        self.root.mkdir()
        (folder / "docker.yml").write_text(f"""
version: 0.1
log: {{level: error, accesslog: {{disabled: true}}}}
storage: {{filesystem: {{rootdirectory: {self.root}}}}}
http: {{addr: "127.0.0.1:{self.port}"}}
""")
        self.process = subprocess.Popen(
            ["docker-registry", "serve", str(folder / "docker.yml")], stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL)
        wait_for(self.port, "/v2/", self.process)

    def upload_path(self, connection, digest):
        """Begins an upload as the protocol wants it; returns where the body goes."""
        connection.head("POST", "/v2/demo/blobs/uploads/", length=0)
        status, head, _ = connection.answer()
        if status != 202:
            raise RuntimeError(f"docker-registry answered {status}")
        location = re.search(r"(?im)^location: *(\S+)", head)[1]
        path = re.sub(r"^https?://[^/]+", "", location)
        return f"{path}{'&' if '?' in path else '?'}digest=sha256:{digest}"

    def stop(self):
        end(self.process)


class PythonFloor:
    """The least that an upload costs in Python: receive, hash and write, without sync (`python_floor.py`)."""

    def __init__(self, folder):
        self.port = free_port()
        self.process = subprocess.Popen(
            [sys.executable, str(HERE / "python_floor.py"), str(self.port), str(folder)])
        wait_for(self.port, "/", self.process)

    def stop(self):
        end(self.process)


def end(process):
    process.send_signal(signal.SIGTERM)
    process.wait()


def started(make, program, folder):
    """A peer, or None with a word on standard error if it is not installed."""
    if program and not (shutil.which(program) or Path(f"/usr/sbin/{program}").exists()):
        print(f"{program} is not installed: its figures are left out", file=sys.stderr)
        return None
    return make(folder)


def timed(command, **options):
    start = time.perf_counter()
    subprocess.run(
        [str(part) for part in command], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **options)
    return time.perf_counter() - start


def best(measure, rounds=3):
    """The least of a few measurements: what else runs on the machine only adds. What was written before is flushed."""
    results = []
    for index in range(rounds):
        os.sync()
        results.append(measure(index))
    return min(results)
