"""HTTP with as little of our own in it as possible: one kept-alive connection, bodies by sendfile."""
import os, re, socket, struct, time


class Connection:
    def __init__(self, port, seconds=120):
        self.socket = socket.create_connection(("127.0.0.1", port))
        # Python's own timeouts would make the socket non-blocking, which sendfile does not wait for.
        for option in (socket.SO_RCVTIMEO, socket.SO_SNDTIMEO):
            self.socket.setsockopt(socket.SOL_SOCKET, option, struct.pack("ll", seconds, 0))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def head(self, method, path, token=None, length=None, more=""):
        lines = [f"{method} {path} HTTP/1.1", "Host: localhost"]
        if token:
            lines.append(f"Authorization: Bearer {token}")
        if length is not None:
            lines.append(f"Content-Length: {length}")
        self.socket.sendall(("\r\n".join(lines) + "\r\n" + more + "\r\n").encode())

    def answer(self):
        """Status, head and body of the next answer."""
        received = b""
        while b"\r\n\r\n" not in received:
            piece = self.socket.recv(1 << 16)
            if not piece:
                raise OSError("the connection was closed")
            received += piece
        head, _, body = received.partition(b"\r\n\r\n")
        found = re.search(rb"(?i)content-length: *(\d+)", head)
        length = int(found[1]) if found else 0
        parts = [body]
        missing = length - len(body)
        while missing > 0:
            piece = self.socket.recv(min(missing, 1 << 20))
            if not piece:
                raise OSError("the connection was closed")
            parts.append(piece)
            missing -= len(piece)
        return int(head.split()[1]), head.decode("latin-1"), b"".join(parts)

    def get(self, path, token=None, more=""):
        self.head("GET", path, token, more=more)
        status, _, body = self.answer()
        return status, body

    def send(self, method, path, file, token=None, more=""):
        """A request whose body is a file; the kernel copies it."""
        with open(file, "rb") as source:
            size = os.fstat(source.fileno()).st_size
            self.head(method, path, token, size, more)
            position = 0
            while position < size:
                position += os.sendfile(self.socket.fileno(), source.fileno(), position, size - position)
        return self.answer()


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def get(port, path, token=None):
    with Connection(port) as connection:
        return connection.get(path, token)


def wait_for(port, path, process=None, status=200):
    """Until a server answers; raises if its process ends first or nothing comes for 20 seconds."""
    end = time.monotonic() + 20
    while time.monotonic() < end:
        if process is not None and process.poll() is not None:
            raise RuntimeError(f"{process.args[0]} did not start")
        try:
            if get(port, path)[0] == status:
                return
        except OSError:
            pass
        time.sleep(0.001)
    raise RuntimeError(f"no answer on port {port}")


def get_times(port, path, token=None, count=3000):
    """Seconds of so many GETs on one connection."""
    with Connection(port) as connection:
        return [get_time(connection, path, token) for _ in range(count)]


def get_times_for(seconds, port, path, token=None):
    """Seconds of GETs on one connection, for so long."""
    times, end = [], time.monotonic() + seconds
    with Connection(port) as connection:
        while time.monotonic() < end:
            times.append(get_time(connection, path, token))
    return times


def get_time(connection, path, token):
    start = time.perf_counter()
    status, body = connection.get(path, token)
    seconds = time.perf_counter() - start
    if status != 200:
        raise RuntimeError(f"{path} answered {status}: {body[:300]!r}")
    return seconds
