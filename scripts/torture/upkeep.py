"""Collections and backups while others write, and what a backup that ended has to bring back."""
import shutil, sqlite3, subprocess, time
from check import findings
from known import Loss, Refused
from server import Client, Gone, Server


class Promise:
    """What was acknowledged before a backup began: all of it has to be in it."""

    def __init__(self, ledger):
        with ledger.lock:
            self.counter = ledger.counter
            self.versions = dict(ledger.versions.known)
            self.removed = {place for place in self.versions if ledger.versions.removed[place] == {True}}


class Upkeep:
    #: Complete backups that stay.
    KEEP = 4

    def __init__(self, ledger):
        self.ledger = ledger
        #: id → promise, of backups that may or may not have ended
        self.pending = {}
        #: The newest that ended: (id, promise)
        self.finished = None
        #: ids of checks that may or may not have ended
        self.checking = set()
        self.collections = self.backups = self.restores = self.checks = 0

    def collect(self, root, dice):
        """A collection takes what it may; whether it took more is seen when the bytes are asked for."""
        status, answer = root.json("POST", "garbage-collections", {"force": dice.random() < 0.5})
        if status >= 500:
            raise Refused(status, answer)
        if status == 200:
            self.collections += 1

    def begin_backup(self, root):
        """Asks for a backup, unless one is under way; returns whether it did."""
        promise = Promise(self.ledger)
        status, answer = root.json("POST", "backups", {"keep": self.KEEP})
        if status >= 500:
            raise Refused(status, answer)
        if status == 202:
            with self.ledger.lock:
                self.pending[answer["id"]] = promise
        return status == 202

    def begin_check(self, root):
        """Asks for a check of all bytes, unless one is under way."""
        status, answer = root.json("POST", "fsck", {"readData": True})
        if status >= 500:
            raise Refused(status, answer)
        if status == 202:
            with self.ledger.lock:
                self.checking.add(answer["id"])

    def look_at_checks(self, root):
        """Sees which checks have ended: they find nothing, whatever goes on beside them."""
        for id in list(self.checking):
            status, answer = root.json("GET", f"fsck/{id}")
            if status != 200:
                raise Loss(f"the check {id}, which was queued, is not known: {status}")
            if answer["state"] in ("queued", "running"):
                continue
            self.checking.remove(id)
            if answer["state"] == "done":
                self.checks += 1
                if findings := answer["fsck"]["findings"]:
                    raise Loss(f"the check {id} found {findings[:3]}")

    def look(self, root):
        """Sees which backups and checks have ended; returns whether one is still under way."""
        self.look_at_checks(root)
        for id, promise in list(self.pending.items()):
            status, answer = root.json("GET", f"backups/{id}")
            if status >= 500:
                raise Refused(status, answer)
            if status != 200:
                raise Loss(f"the backup {id}, which was queued, is not known: {status}")
            if answer["state"] in ("queued", "running"):
                continue
            del self.pending[id]
            if answer["state"] == "done":
                self.backups += 1
                if missing := answer["backup"]["manifest"]["missing"]:
                    raise Loss(f"the backup {id} lacks {missing[:3]}")
                if self.finished is None or id > self.finished[0]:
                    self.finished = (id, promise)
        return bool(self.pending or self.checking)

    def back_up(self, server, seconds=60):
        """Has a backup made from the beginning to the end, while others write on."""
        root = Client(server.port, self.ledger.tokens["root"])
        until = time.monotonic() + seconds
        try:
            while not self.begin_backup(root) and time.monotonic() < until:
                time.sleep(0.01)
            while self.look(root):
                if time.monotonic() > until:
                    raise Loss(f"a backup did not end within {seconds} s")
                time.sleep(0.01)
        except Gone:
            pass
        finally:
            root.close()

    def restore(self, server, folder):
        """Makes a server of the newest backup that ended; it has to have everything acknowledged before it began."""
        if self.finished is None:
            return
        id, promise = self.finished
        target = folder / "restored"
        shutil.rmtree(target, ignore_errors=True)
        done = subprocess.run(
            [server.binary, "restore", server.backups / f"snapshots/{id}.json", "--data", target], capture_output=True, text=True)
        if done.returncode != 0:
            raise Loss(f"the backup {id} cannot be restored: {done.returncode} {done.stderr[-400:]}")
        if wrong := findings(target):
            raise Loss(f"the backup {id} restores to a folder in which {wrong[0]}")
        restored = Server(server.binary, target, log=folder / "restored.log", arguments=server.arguments).start()
        try:
            olga = Client(restored.port, self.ledger.tokens["olga"])
            versions = self.ledger.versions
            for place in list(promise.versions)[-20:]:
                if versions.touched.get(place, 0) < promise.counter:
                    versions.verify_version(olga, place, settle=False)
            olga.close()
        finally:
            restored.stop()
        db = sqlite3.connect(f"file:{target}/meta.db?mode=ro", uri=True)
        try:
            versions.compare(db, promise.versions, exact=False)
            gone = {row for row in db.execute("""
                SELECT name, number FROM versions JOIN collections ON collections.id = collection_id
                JOIN version_removals ON version_id = versions.id""")}
            if lost := promise.removed - gone:
                raise Loss(f"the removal of {sorted(lost)[0]} is not in the backup {id}")
        finally:
            db.close()
            shutil.rmtree(target)
        self.restores += 1
