"""Everything at once, for a while: writes, removals, collections, checks, the scrub and backups from many threads."""
import random, sqlite3, threading, time
from known import Loss
from ledger import Ledger
from server import Client, Server
from trials import Scratch, Tally, inspect

THREADS = 8
RATES = {"collect": 3, "backup": 1, "fsck": 1}
#: The scrub reads as much as it can of what was not read for nine tenths of a day.
SCRUB = ("--scrub-rate", "1000", "--scrub-days", "1")
TWO_DAYS = 2 * 86_400_000


def soak(binary, seconds, seed):
    """No blow falls: no request may fail, no check may find anything, and in the end everything is there."""
    tally = Tally("soak", seed)
    with Scratch(keep=True) as folder:
        server = Server(binary, folder / "data", arguments=SCRUB, grace=2).start()
        ledger = Ledger(seed)
        ledger.set_up(server)
        ledger.rates.update(RATES)
        write(server, ledger, seconds / 3)
        inspect(server, ledger)
        aged = let_age(server)
        server.start()
        write(server, ledger, seconds * 2 / 3)
        expect_scrubbed(server, ledger, aged)
        ledger.verify(server, random.Random(seed), sample=60)
        tally.rounds = seconds
        inspect(server, ledger, folder)
    did = ledger.upkeep
    return (f"{tally.line(ledger, 'seconds')}; {did.collections} collections, {did.checks} checks, {did.backups} backups, "
            f"{did.restores} restored")


def write(server, ledger, seconds):
    """Lets all threads work, and then the server end what it was asked for."""
    stop = threading.Event()
    threads, errors = ledger.run(server, stop, THREADS)
    root = Client(server.port, ledger.tokens["root"])
    until = time.monotonic() + seconds
    while time.monotonic() < until and not errors:
        ledger.upkeep.look(root)
        time.sleep(0.2)
    stop.set()
    for thread in threads:
        thread.join(60)
    if errors:
        raise errors[0]
    if server.process.poll() is not None:
        raise Loss(f"the server ended by itself with {server.process.returncode}")
    # One more backup, so that there is one to restore.
    ledger.upkeep.begin_backup(root)
    while ledger.upkeep.look(root):
        time.sleep(0.05)
    root.close()


def let_age(server):
    """Has all blobs of a stopped server be due for the scrub; returns when they were, in UTC milliseconds."""
    db = sqlite3.connect(server.data / "meta.db")
    with db:
        db.execute("UPDATE blob_checks SET checked_at = checked_at - ?", (TWO_DAYS,))
    newest, = db.execute("SELECT max(checked_at) FROM blob_checks").fetchone()
    db.close()
    return newest


def expect_scrubbed(server, ledger, aged):
    """The scrub has read everything that was due, and found nothing."""
    root = Client(server.port, ledger.tokens["root"])
    until = time.monotonic() + 60
    while True:
        status, scrub = root.json("GET", "scrub")
        if status != 200 or scrub["corrupt"]:
            raise Loss(f"the scrub says {status} {scrub}")
        if scrub["readBlobs"] and scrub["oldestCheck"] > aged:
            break
        if time.monotonic() > until:
            raise Loss(f"the scrub has not read what was due: {scrub}")
        time.sleep(0.1)
    root.close()
