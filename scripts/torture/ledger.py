"""Writes of many kinds from several threads, and a ledger of what the server acknowledged."""
import hashlib, random, threading, uuid
from server import Client, Gone


def content(seed, size):
    """Bytes that follow from a seed, so that the ledger need not keep them."""
    return random.Random(seed).randbytes(size)


class Loss(Exception):
    """The server acknowledged something and does not have it."""


class Ledger:
    """What was acknowledged, and what may or may not have been done because its answer was lost."""

    NAMESPACE = "torture"

    def __init__(self, seed):
        self.seed, self.lock = seed, threading.Lock()
        self.counter = 0
        #: digest → (seed, size)
        self.blobs = {}
        #: (model, number) → (version digest, files)
        self.versions = {}
        #: (model, number) → states that the version may be in
        self.decisions = {}
        #: (model, alias) → numbers that the alias may point to
        self.aliases = {}
        #: requests with a key whose answers were lost: (model, key, body)
        self.open = []
        self.acknowledged = 0
        self.tokens = {}

    def set_up(self, server):
        """Makes the namespace and its people; only once a data folder."""
        admin = server.admin()
        status, _ = admin.json("POST", "namespaces", {"name": self.NAMESPACE})
        assert status == 201, status
        for name, roles in (("ada", ["pusher"]), ("grace", ["approver"])):
            status, answer = admin.json("POST", "tokens", {
                "principal": name, "kind": "person", "namespace": self.NAMESPACE, "roles": roles})
            assert status == 201, answer
            self.tokens[name] = answer["token"]

    def next(self):
        with self.lock:
            self.counter += 1
            return self.counter

    def acknowledge(self, change):
        with self.lock:
            change()
            self.acknowledged += 1

    # --- One operation each. An operation that raises Gone leaves behind what may have happened. -------------------------

    def put_blob(self, ada, dice):
        number = self.next()
        size = dice.choice([0, 1, 4095, 4096, 70_000, 300_000, 1_200_000])
        seed = f"{self.seed}-{number}"
        data = content(seed, size)
        digest = hashlib.sha256(data).hexdigest()
        status, _, answer = ada.ask("PUT", f"namespaces/{self.NAMESPACE}/blobs/sha256:{digest}", data)
        if status not in (200, 201):
            raise Refused(status, answer)
        self.acknowledge(lambda: self.blobs.setdefault(digest, (seed, size)))
        return digest, size

    def push_version(self, ada, dice):
        files = []
        for index in range(dice.choice([1, 1, 2, 4])):
            digest, size = self.put_blob(ada, dice)
            files.append({"path": f"part{index}.bin", "size": size, "sha256": digest,
                          "mediaType": "application/octet-stream", "mode": "file"})
        model = f"m{dice.randrange(3)}"
        body = {"files": files, "run": {
            "kind": "import", "state": "finished", "facts": {},
            "metrics": [{"name": "loss", "step": 0, "class": "finite", "value": dice.random()}]}}
        key = str(uuid.UUID(int=dice.getrandbits(128)))
        self.send_push(ada, model, key, body)

    def send_push(self, ada, model, key, body):
        path = f"models/{self.NAMESPACE}/{model}/versions"
        try:
            status, answer = ada.json("POST", path, body, {"Idempotency-Key": key})
        except Gone:
            with self.lock:
                self.open.append((model, key, body))
            raise
        if status != 201:
            if status >= 500:
                with self.lock:
                    self.open.append((model, key, body))
            raise Refused(status, answer)
        version = answer["version"]
        self.acknowledge(lambda: self.note_version(model, version, body["files"]))
        return version

    def note_version(self, model, version, files):
        place = (model, version["number"])
        known = self.versions.setdefault(place, (version["digest"], files))
        if known[0] != version["digest"]:
            raise Loss(f"{model}:{version['number']} was acknowledged twice, with different digests")
        self.decisions.setdefault(place, {"pending"})

    def any_version(self, dice):
        with self.lock:
            return dice.choice(sorted(self.versions)) if self.versions else None

    def decide(self, grace, dice):
        place = self.any_version(dice)
        if not place:
            return
        decision = dice.choice(["approve", "approve", "reject", "withdraw"])
        state = {"approve": "approved", "reject": "rejected", "withdraw": "withdrawn"}[decision]
        with self.lock:
            digest, before = self.versions[place][0], self.decisions[place]
            self.decisions[place] = before | {state}
        status, answer = grace.json(
            "POST", f"models/{self.NAMESPACE}/{place[0]}/versions/{place[1]}/decisions",
            {"decision": decision, "digest": digest})
        if status == 201:
            self.acknowledge(lambda: self.decisions.update({place: {state}}))
        else:
            self.refused(self.decisions, place, before, status, answer)

    def move_alias(self, ada, dice):
        place = self.any_version(dice)
        if not place:
            return
        alias = (place[0], dice.choice(["candidate", "canary"]))
        with self.lock:
            before = self.aliases.get(alias, {None})
            self.aliases[alias] = before | {place[1]}
        status, answer = ada.json(
            "PUT", f"models/{self.NAMESPACE}/{place[0]}/aliases/{alias[1]}", {"version": place[1]})
        if status == 200:
            self.acknowledge(lambda: self.aliases.update({alias: {place[1]}}))
        else:
            self.refused(self.aliases, alias, before, status, answer)

    def refused(self, states, place, before, status, answer):
        """What a rule forbids was not done; what failed on the server may have been."""
        if status >= 500:
            raise Refused(status, answer)
        with self.lock:
            states[place] = before

    # --- Many of them -----------------------------------------------------------------------------------------------------

    def work(self, server, stop, dice, faults=False, most=None):
        """Operations of one thread until told to stop, `most` are done, or the server is gone.

        One thread decides about and moves only what it alone touches: with two, the order of acknowledgements would
        not be the order of writes.
        """
        ada, grace = Client(server.port, self.tokens["ada"]), Client(server.port, self.tokens["grace"])
        try:
            done = 0
            while not stop.is_set() and done != most:
                done += 1
                roll = dice.random()
                try:
                    if roll < 0.35:
                        self.put_blob(ada, dice)
                    elif roll < 0.75:
                        self.push_version(ada, dice)
                    elif roll < 0.9 or not dice.decides:
                        if dice.decides:
                            self.decide(grace, dice)
                    else:
                        self.move_alias(ada, dice)
                except Refused:
                    if not faults:
                        raise
        except Gone:
            pass
        finally:
            ada.close()
            grace.close()

    def run(self, server, stop, threads=3, faults=False):
        """Starts threads that work until told to stop; returns them, and the errors that they met."""
        errors, running = [], []

        def body(index):
            dice = random.Random(f"{self.seed}-{self.next()}")
            dice.decides = index == 0
            try:
                self.work(server, stop, dice, faults)
            except Exception as error:
                errors.append(error)

        for index in range(threads):
            thread = threading.Thread(target=body, args=(index,), daemon=True)
            thread.start()
            running.append(thread)
        return running, errors

    # --- Afterwards -------------------------------------------------------------------------------------------------------

    def verify(self, server, dice, sample=60):
        """Asks a server that was started anew for what was acknowledged; raises `Loss` for what it does not have."""
        ada, admin = Client(server.port, self.tokens["ada"]), server.admin()
        try:
            self.repeat_open_requests(ada)
            for digest in self.pick(self.blobs, dice, sample):
                seed, size = self.blobs[digest]
                status, _, data = admin.ask("GET", f"namespaces/{self.NAMESPACE}/blobs/sha256:{digest}")
                if status != 200 or data != content(seed, size):
                    raise Loss(f"blob {digest} of {size} bytes: {status}, {len(data)} bytes")
            for place in self.pick(self.versions, dice, sample):
                self.verify_version(admin, place)
            for (model, alias), allowed in self.aliases.items():
                status, answer = admin.json("GET", f"models/{self.NAMESPACE}/{model}/versions/{alias}")
                found = answer["summary"]["number"] if status == 200 else None
                if found not in allowed:
                    raise Loss(f"alias {model}:{alias} points to {found}, not to one of {allowed}")
                self.aliases[(model, alias)] = {found}
        finally:
            ada.close()
            admin.close()

    def verify_version(self, admin, place):
        model, number = place
        digest, files = self.versions[place]
        status, answer = admin.json("GET", f"models/{self.NAMESPACE}/{model}/versions/{number}")
        if status != 200 or answer["summary"]["digest"] != digest:
            raise Loss(f"version {model}:{number}: {status}")
        if [(f["path"], f["sha256"]) for f in answer["files"]] != [(f["path"], f["sha256"]) for f in files]:
            raise Loss(f"version {model}:{number} has other files")
        state = answer["summary"]["approval"]
        if state not in self.decisions[place]:
            raise Loss(f"version {model}:{number} is {state}, not one of {self.decisions[place]}")
        self.decisions[place] = {state}

    def repeat_open_requests(self, ada):
        """A request whose answer was lost is sent again twice: it is done once, whatever happened before."""
        again, self.open = self.open, []
        for model, key, body in again:
            try:
                first = self.send_push(ada, model, key, body)
                second = self.send_push(ada, model, key, body)
            except Refused as refused:
                raise Loss(f"the push {key}, whose files were acknowledged, is refused: {refused}") from refused
            if (first["number"], first["digest"]) != (second["number"], second["digest"]):
                raise Loss(f"the push {key} was done twice, as {first['number']} and {second['number']}")

    @staticmethod
    def pick(entries, dice, sample):
        """The newest entries and some of the older ones."""
        keys = list(entries)
        newest = keys[-sample:]
        older = keys[:-sample]
        return newest + dice.sample(older, min(sample, len(older)))


class Refused(Exception):
    """The server answered that it did not do it."""

    def __init__(self, status, answer):
        super().__init__(f"{status}: {answer}")
        self.status = status
