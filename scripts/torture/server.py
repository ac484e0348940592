"""A server of the built binary that can be killed, and HTTP to talk to it. Standard library only."""
import http.client, json, os, resource, signal, socket, subprocess, time
from pathlib import Path


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def state_of(thread):
    """The letter of a thread's state."""
    try:
        return (thread / "stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return "Z"


class Gone(Exception):
    """The server is not there or went away before it answered: nothing is known of the request."""


class Client:
    """One connection of one principal; made anew when it breaks."""

    def __init__(self, port, token):
        self.port, self.token, self.connection = port, token, None

    def ask(self, method, path, body=None, headers=None):
        """Sends a request; returns status, headers and bytes, or raises `Gone`."""
        headers = {"Authorization": f"Bearer {self.token}", **(headers or {})}
        if isinstance(body, (dict, list)):
            body = json.dumps(body).encode()
            headers["Content-Type"] = "application/json"
        try:
            if self.connection is None:
                self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
            self.connection.request(method, "/api/v1/" + path, body, headers)
            answer = self.connection.getresponse()
            return answer.status, answer.headers, answer.read()
        except (OSError, http.client.HTTPException) as error:
            self.close()
            raise Gone(str(error)) from error

    def json(self, method, path, body=None, headers=None):
        """Sends a request; returns status and document."""
        status, _, content = self.ask(method, path, body, headers)
        return status, json.loads(content) if content else None

    def close(self):
        if self.connection:
            self.connection.close()
        self.connection = None


class Server:
    """`assay serve` on a data folder; its backups go into the folder beside it.

    - grace: seconds that bytes stay which nothing names.
    """

    def __init__(self, binary, data, environment=None, arguments=(), log=None, grace=10):
        self.binary, self.data, self.grace = str(binary), Path(data), grace
        self.backups = self.data.parent / "backups"
        self.log = Path(log) if log else self.data.parent / "server.log"
        self.environment = {**os.environ, "HOME": str(self.data.parent), **(environment or {})}
        self.arguments = arguments
        self.process = self.port = None
        #: The most descriptors that the process may have; as many as this one without it.
        self.descriptors = None
        #: Seconds from the start of the process until it was ready.
        self.start_seconds = None

    def start(self):
        """Starts the process and waits until it is ready; raises `Gone` if it ends before."""
        self.port = free_port()
        log = open(self.log, "ab")
        begin = time.perf_counter()
        self.process = subprocess.Popen(
            [self.binary, "serve", "--data", str(self.data), "--port", str(self.port), "--no-worker",
             "--log-level", "error", "--backups", str(self.backups), "--gc-grace", f"{self.grace}s", "--gc-interval", "0",
             *self.arguments],
            env=self.environment, stderr=log, stdout=log, preexec_fn=self.limit)
        log.close()
        while True:
            if self.process.poll() is not None:
                raise Gone(f"the server ended with {self.process.returncode} before it was ready")
            try:
                if self.probe("/healthz") == 200:
                    break
            except OSError:
                time.sleep(0.002)
        self.start_seconds = time.perf_counter() - begin
        return self

    def limit(self):
        if self.descriptors:
            resource.setrlimit(resource.RLIMIT_NOFILE, (self.descriptors, self.descriptors))

    def probe(self, path):
        """The status of a page for probes."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", path)
            return connection.getresponse().status
        finally:
            connection.close()

    @property
    def admin_token(self):
        return (self.data / "admin-token").read_text().strip()

    def admin(self):
        return Client(self.port, self.admin_token)

    def kill(self):
        """As by `kill -9`."""
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGKILL)
        if self.process:
            self.process.wait()

    def freeze(self):
        """Nothing that the server does reaches anybody any more; calls that it is in go on."""
        self.process.send_signal(signal.SIGSTOP)
        threads = Path(f"/proc/{self.process.pid}/task")
        # T has stopped; D is in a call, and stops when it comes back from it.
        while any(state not in "TDZ" for state in map(state_of, threads.iterdir())):
            pass

    def stop(self):
        """Ends the server as an operator does; kills it after half a minute."""
        if not self.process or self.process.poll() is not None:
            return
        self.process.terminate()
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError("the server did not end within 30 seconds of SIGTERM")
