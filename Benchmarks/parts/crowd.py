"""64 uploads of 4 MiB at once, beside the disk alone writing the same bytes in order."""
import threading, time

from connection import Connection
from files import make_file, sha256
from programs import best, timed
from report import versus

COUNT, MIB = 64, 4


def run(bench):
    folder = bench.folder / "crowd"
    folder.mkdir()
    whole = make_file(bench.folder / "whole.bin", COUNT * MIB, salt=7)
    files = {}

    def round_of(index):
        """New bytes each time: bytes that are there already would not be written."""
        files.clear()
        for number in range(COUNT):
            path = make_file(folder / f"{number}.bin", MIB, salt=1000 * (index + 1) + number)
            files[path] = sha256(path)
        return list(files.items())

    def together(send):
        def measure(index):
            work = round_of(index)
            connections = [Connection(send.port) for _ in work]
            failed = []
            start_together = threading.Barrier(COUNT + 1)

            def one(connection, path, digest):
                start_together.wait()
                try:
                    send(connection, path, digest)
                except Exception as error:
                    failed.append(error)

            threads = [
                threading.Thread(target=one, args=(connection, *item)) for connection, item in zip(connections, work)]
            for thread in threads:
                thread.start()
            start_together.wait()
            start = time.perf_counter()
            for thread in threads:
                thread.join()
            seconds = time.perf_counter() - start
            for connection in connections:
                connection.socket.close()
            if failed:
                raise failed[0]
            return seconds

        return best(measure)

    def to_assay(connection, path, digest):
        status, _, body = connection.send(
            "PUT", f"/api/v1/namespaces/demo/blobs/sha256:{digest}", path, bench.server.token)
        if status != 201:
            raise RuntimeError(f"answered {status}: {body[:300]!r}")

    def to_docker(connection, path, digest):
        status, _, body = connection.send("PUT", bench.docker.upload_path(connection, digest), path)
        if status != 201:
            raise RuntimeError(f"docker-registry answered {status}: {body[:300]!r}")

    def to_floor(connection, path, _):
        connection.send("PUT", "/", path)

    to_assay.port, to_floor.port = bench.server.port, bench.floor.port
    target = bench.folder / "sequential.bin"
    disk = best(lambda _: timed(["dd", f"if={whole}", f"of={target}", "bs=1M", "conv=fdatasync"]))
    target.unlink()
    ours = together(to_assay)
    docker = None
    if bench.docker:
        to_docker.port = bench.docker.port
        docker = together(to_docker)
    floor = together(to_floor)
    names = " ".join(str(path) for path in files)
    copies = bench.folder / "copies"
    copies.mkdir()
    copied = best(lambda _: timed(["sh", "-c", f"cp {names} '{copies}' && sync '{copies}'/* '{copies}'"]))
    versus(
        f"{COUNT} uploads of {MIB} MiB at once, hashed and synced", ours, COUNT * MIB,
        [("dd of one file + fdatasync", disk, 0.7), ("cp + sync of the same files", copied, None),
         ("docker-registry without sync", docker, None), ("Python without sync", floor, None)])
