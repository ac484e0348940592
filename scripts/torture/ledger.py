"""Writes of many kinds from several threads, and a ledger of what the server acknowledged."""
import random, sqlite3, threading
from blobs import Blobs
from known import Refused
from server import Client, Gone
from upkeep import Upkeep
from versions import Versions


class Ledger:
    """What was acknowledged, and what may or may not have been done because its answer was lost."""

    NAMESPACE = "torture"
    #: How often a thread does what, of a hundred times.
    RATES = {"put": 22, "push": 32, "session": 14, "decide": 9, "alias": 7, "hold": 5, "remove": 9, "collect": 1.7, "backup": 0.2,
             "fsck": 0.1}
    PEOPLE = {"ada": ["pusher"], "grace": ["approver"], "olga": ["admin"], "max": ["admin"]}

    def __init__(self, seed):
        self.seed, self.lock = seed, threading.Lock()
        self.counter = self.acknowledged = 0
        self.tokens, self.rates = {}, dict(self.RATES)
        #: status → how many requests were refused with it, where they may be
        self.refusals = {}
        self.blobs = Blobs(self)
        self.versions = Versions(self)
        self.upkeep = Upkeep(self)

    def set_up(self, server):
        """Makes the namespace and its people; only once a data folder."""
        admin = server.admin()
        status, _ = admin.json("POST", "namespaces", {"name": self.NAMESPACE})
        assert status == 201, status
        for name, roles in self.PEOPLE.items():
            status, answer = admin.json("POST", "tokens", {
                "principal": name, "kind": "person", "namespace": self.NAMESPACE, "roles": roles})
            assert status == 201, answer
            self.tokens[name] = answer["token"]
        self.tokens["root"] = server.admin_token
        self.blobs.grace = server.grace

    def next(self):
        with self.lock:
            self.counter += 1
            return self.counter

    def acknowledge(self, change=lambda: None):
        with self.lock:
            change()
            self.acknowledged += 1

    # --- Many of them -----------------------------------------------------------------------------------------------------

    def work(self, server, stop, dice, faults=False, most=None):
        """Operations of one thread until told to stop, `most` are done, or the server is gone.

        A thread decides about, points to, holds and removes only versions of the model that is its own: with two, the
        order of acknowledgements would not be the order of writes.
        """
        people = {name: Client(server.port, token) for name, token in self.tokens.items()}
        does = {
            "put": lambda: self.blobs.put(people["ada"], dice),
            "push": lambda: self.versions.push(people["ada"], dice),
            "session": lambda: self.blobs.use_session(people["ada"], dice),
            "decide": lambda: self.versions.decide(people["grace"], dice),
            "alias": lambda: self.versions.move_alias(people["ada"], dice),
            "hold": lambda: self.versions.hold_or_lift(people["olga"], people["max"], dice),
            "remove": lambda: self.versions.remove(people["olga"], self.versions.any(dice)),
            "collect": lambda: self.upkeep.collect(people["root"], dice),
            "backup": lambda: self.upkeep.begin_backup(people["root"]),
            "fsck": lambda: self.upkeep.begin_check(people["root"]),
        }
        try:
            done = 0
            while not stop.is_set() and done != most:
                done += 1
                try:
                    does[dice.choices(list(self.rates), list(self.rates.values()))[0]]()
                except Refused as refused:
                    if not faults:
                        raise
                    with self.lock:
                        self.refusals[refused.status] = self.refusals.get(refused.status, 0) + 1
        except Gone:
            pass
        finally:
            for client in people.values():
                client.close()

    def run(self, server, stop, threads=3, faults=False):
        """Starts threads that work until told to stop; returns them, and the errors that they met."""
        errors, running = [], []

        def body(index):
            dice = random.Random(f"{self.seed}-{self.next()}")
            dice.own = f"m{index}"
            try:
                self.work(server, stop, dice, faults)
            except Exception as error:
                errors.append(error)

        for index in range(threads):
            self.versions.models.add(f"m{index}")
            thread = threading.Thread(target=body, args=(index,), daemon=True)
            thread.start()
            running.append(thread)
        return running, errors

    def tidy(self, server, keep=150):
        """Removes old versions and has bytes collected, so that a disk is never full however long the trial is."""
        people = {name: Client(server.port, token) for name, token in self.tokens.items()}
        try:
            self.versions.remove_old(people, keep)
            self.upkeep.collect(people["root"], random.Random(0))
        finally:
            for client in people.values():
                client.close()

    # --- Afterwards -------------------------------------------------------------------------------------------------------

    def verify(self, server, dice, sample=30, settle=True):
        """Asks a server that was started anew for what was acknowledged; raises `Loss` for what it does not have.

        - settle: whether requests whose answers were lost are sent again, and sessions looked up.
        """
        people = {name: Client(server.port, token) for name, token in self.tokens.items()}
        try:
            if settle:
                self.versions.repeat_open_requests(people["ada"])
                self.blobs.verify_sessions(people["ada"], dice)
                self.upkeep.look(people["root"])
            self.versions.verify(people["olga"], dice, sample, settle)
            self.blobs.verify(people["ada"], dice, sample)
        finally:
            for client in people.values():
                client.close()

    def compare(self, data):
        """Compares everything with the database of a stopped server."""
        db = sqlite3.connect(f"file:{data}/meta.db?mode=ro", uri=True)
        try:
            self.versions.compare(db)
            self.blobs.compare(db)
        finally:
            db.close()
