"""Disks that take no more: one that is full, and one that the kernel made read-only."""
import random, subprocess, threading, time
from known import Loss
from ledger import Ledger
from powercut import Disk
from server import Client, Gone, Server
from trials import SMALL_DISK, Scratch, Tally, inspect, still_serves


def full_disk(binary, seed):
    """A disk of 24 MiB fills up: writes are refused with 507, reads go on, nothing is lost; then there is room again."""
    tally = Tally("full disk", seed)
    with Scratch() as folder:
        disk = folder / "disk"
        disk.mkdir()
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", disk], check=True)
        server, ledger = Server(binary, disk / "data", arguments=SMALL_DISK, log=folder / "server.log"), Ledger(seed)
        try:
            server.start()
            ledger.set_up(server)
            dice = random.Random(seed)
            dice.own = "m0"
            ledger.work(server, threading.Event(), dice, faults=True, most=150)
            if not ledger.refusals.get(507) or set(ledger.refusals) - {507}:
                raise Loss(f"a full disk is answered with 507, not with {ledger.refusals}")
            still_serves(server, ledger)
            server.kill()
            subprocess.run(["mount", "-o", "remount,size=64m", disk], check=True)
            server.start()
            ledger.verify(server, dice)
            tally.rounds = 1
            inspect(server, ledger)
        finally:
            server.kill()
            subprocess.run(["umount", disk], check=True)
    return f"{tally.line(ledger, 'disk')}; {ledger.refusals[507]} requests refused"


def read_only_disk(binary, seed):
    """A file system finds an error in itself and becomes read-only under a server that writes.

    Writes are refused with `store-degraded`, reads go on; a server does not start there; when the file system is sound
    again, the next start has everything.
    """
    tally = Tally("read-only disk", seed)
    with Scratch() as folder:
        disk = Disk(folder, mib=512, options="errors=remount-ro")
        disk.mount()
        server = Server(binary, disk.mount_point / "data", arguments=SMALL_DISK, log=folder / "server.log")
        ledger, dice = Ledger(seed), random.Random(seed)
        try:
            server.start()
            ledger.set_up(server)
            stop = threading.Event()
            threads, errors = ledger.run(server, stop, faults=True)
            time.sleep(0.5)
            if ledger.refusals:
                raise Loss(f"a sound disk refused: {ledger.refusals}")
            disk.become_read_only()
            time.sleep(0.5)
            stop.set()
            for thread in threads:
                thread.join(60)
            if errors:
                raise errors[0]
            expect_degraded(server, ledger)
            still_serves(server, ledger)
            refused = sum(ledger.refusals.values())
            server.stop()
            try:
                server.start()
                raise Loss("a server started on a read-only disk")
            except Gone:
                pass
            disk.unmount()
            disk.repair()
            disk.mount()
            server.start()
            ledger.verify(server, dice)
            ledger.refusals.clear()
            dice.own = "m0"
            ledger.work(server, threading.Event(), dice, most=20)
            tally.rounds = 1
            inspect(server, ledger)
        finally:
            server.kill()
            disk.unmount()
    return f"{tally.line(ledger, 'disk')}; {refused} requests refused with store-degraded"


def expect_degraded(server, ledger):
    """Writes are refused by name, whatever they are; the server lives and says what is wrong."""
    if set(ledger.refusals) != {503}:
        raise Loss(f"a read-only disk is answered with 503, not with {ledger.refusals}")
    ada, root = Client(server.port, ledger.tokens["ada"]), Client(server.port, ledger.tokens["root"])
    digest = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    answers = [ada.json("PUT", f"namespaces/{ledger.NAMESPACE}/blobs/{digest}", b""),
               root.json("POST", "namespaces", {"name": "another"})]
    for status, answer in answers:
        if status != 503 or answer["code"] != "store-degraded":
            raise Loss(f"a write on a read-only disk is answered with {status} {answer}")
    probes = server.probe("/healthz"), server.probe("/readyz")
    if probes != (200, 503):
        raise Loss(f"/healthz and /readyz answer {probes}")
    ada.close()
    root.close()
