"""Versions, and what is decided about them: approvals, aliases, holds, removals."""
import uuid
from known import Loss, Possible, Refused, content, pick
from server import Gone


class Versions:
    def __init__(self, ledger):
        self.ledger = ledger
        self.models = {"m0", "m1", "m2"}
        #: (model, number) → (version digest, files)
        self.known = {}
        #: model → places that were not removed for certain, oldest first
        self.present = {}
        self.decisions = Possible(ledger, "the approval")
        self.removed = Possible(ledger, "the removal")
        self.held = Possible(ledger, "the hold")
        #: (model, alias) → numbers that it may point to
        self.aliases = Possible(ledger, "the alias")
        #: place → ids of its holds
        self.holds = {}
        #: place → when something was last tried with it, by the ledger's counter
        self.touched = {}
        #: pushes with a key whose answers were lost: (model, key, body)
        self.open = []

    def path(self, place, rest=""):
        return f"models/{self.ledger.NAMESPACE}/{place[0]}/versions/{place[1]}{rest}"

    # --- One write each ---------------------------------------------------------------------------------------------------

    def push(self, ada, dice):
        files = []
        for index in range(dice.choice([1, 1, 2, 4])):
            digest, size = self.ledger.blobs.put(ada, dice)
            files.append({"path": f"part{index}.bin", "size": size, "sha256": digest,
                          "mediaType": "application/octet-stream", "mode": "file"})
        body = {"files": files, "run": {
            "kind": "import", "state": "finished", "facts": {},
            "metrics": [{"name": "loss", "step": 0, "class": "finite", "value": dice.random()}]}}
        self.send(ada, dice.choice(sorted(self.models)), str(uuid.UUID(int=dice.getrandbits(128))), body)

    def send(self, ada, model, key, body):
        """Returns the version; None where its bytes were collected because too much time went by."""
        try:
            status, answer = ada.json(
                "POST", f"models/{self.ledger.NAMESPACE}/{model}/versions", body, {"Idempotency-Key": key})
        except Gone:
            with self.ledger.lock:
                self.open.append((model, key, body))
            raise
        if status == 201:
            self.ledger.acknowledge(lambda: self.note(model, answer["version"], body["files"]))
            return answer["version"]
        if status >= 500:
            with self.ledger.lock:
                self.open.append((model, key, body))
        elif not all(self.ledger.blobs.must_be_there(file["sha256"]) for file in body["files"]):
            return None
        raise Refused(status, answer)

    def note(self, model, version, files):
        place = (model, version["number"])
        known = self.known.setdefault(place, (version["digest"], files))
        if known[0] != version["digest"]:
            raise Loss(f"{model}:{version['number']} was acknowledged twice, with different digests")
        if place in self.decisions:
            return
        for states, state in ((self.decisions, "pending"), (self.removed, False), (self.held, False)):
            states[place] = {state}
        self.present.setdefault(model, []).append(place)
        for file in files:
            self.ledger.blobs.named.setdefault(file["sha256"], set()).add(place)

    def any(self, dice):
        """A version of the thread's own model; mostly one of the newest."""
        with self.ledger.lock:
            places = self.present.get(dice.own)
            if not places:
                return None
            place = dice.choice(places[-20:] if dice.random() < 0.7 else places)
        return place

    def touch(self, place):
        self.touched[place] = self.ledger.next()

    def decide(self, grace, dice):
        if place := self.any(dice):
            self.send_decision(grace, place, dice.choice(["approve", "approve", "reject", "withdraw"]))

    def send_decision(self, grace, place, decision):
        self.touch(place)
        state = {"approve": "approved", "reject": "rejected", "withdraw": "withdrawn"}[decision]
        self.decisions.attempt(place, state, lambda: grace.json(
            "POST", self.path(place, "/decisions"), {"decision": decision, "digest": self.known[place][0]}))

    def move_alias(self, ada, dice):
        place = self.any(dice)
        if not place:
            return
        alias = (place[0], dice.choice(["candidate", "canary"]))
        path = f"models/{self.ledger.NAMESPACE}/{place[0]}/aliases/{alias[1]}"
        self.touch(place)
        self.aliases.setdefault(alias, {None})
        if dice.random() < 0.2:
            self.aliases.attempt(alias, None, lambda: ada.json("DELETE", path))
        else:
            self.aliases.attempt(alias, place[1], lambda: ada.json("PUT", path, {"version": place[1]}))

    def hold_or_lift(self, olga, other, dice):
        place = self.any(dice)
        if not place:
            return
        if self.held[place] == {True} and self.holds.get(place):
            self.lift(olga, other, place)
        elif self.held[place] == {False}:
            self.touch(place)
            self.holds[place] = []
            answer = self.held.attempt(place, True, lambda: olga.json("POST", self.path(place, "/holds"), {"reason": "torture"}))
            if answer:
                self.holds[place] = [answer["id"]]

    def lift(self, olga, other, place):
        """Two persons lift all holds of a version."""
        self.touch(place)
        for hold in self.holds[place]:
            asked = olga.json("POST", f"holds/{hold}/lift")
            if asked[0] >= 500:
                raise Refused(*asked)
            self.held.attempt(place, False, lambda: other.json("POST", f"holds/{hold}/lift"))

    def remove(self, olga, place):
        if not place:
            return
        self.touch(place)
        if self.removed.attempt(place, True, lambda: olga.json("DELETE", self.path(place))) is None:
            if not self.may_be_kept(place):
                raise Loss(f"nothing keeps {place}, but it cannot be removed")
            return
        if self.is_kept(place):
            raise Loss(f"{place} was removed although something keeps it")
        with self.ledger.lock:
            self.present[place[0]].remove(place)

    def is_kept(self, place):
        """Whether something keeps a version for certain."""
        return (self.decisions[place] == {"approved"} or self.held[place] == {True}
                or any(alias[0] == place[0] and numbers == {place[1]} for alias, numbers in list(self.aliases.items())))

    def may_be_kept(self, place):
        return ("approved" in self.decisions[place] or True in self.held[place]
                or any(alias[0] == place[0] and place[1] in numbers for alias, numbers in list(self.aliases.items())))

    def remove_old(self, people, keep):
        """Removes versions, oldest first, until about so many are left."""
        for model, places in self.present.items():
            for place in list(places[:max(0, len(places) - keep // len(self.present))]):
                if "approved" in self.decisions[place]:
                    self.send_decision(people["grace"], place, "withdraw")
                if self.holds.get(place) and self.held[place] == {True}:
                    self.lift(people["olga"], people["max"], place)
                self.remove(people["olga"], place)

    # --- Afterwards -------------------------------------------------------------------------------------------------------

    def repeat_open_requests(self, ada):
        """A request whose answer was lost is sent again twice: it is done once, whatever happened before."""
        again, self.open = self.open, []
        for model, key, body in again:
            try:
                first, second = self.send(ada, model, key, body), self.send(ada, model, key, body)
            except Refused as refused:
                raise Loss(f"the push {key}, whose files were acknowledged, is refused: {refused}") from refused
            if first and second and (first["number"], first["digest"]) != (second["number"], second["digest"]):
                raise Loss(f"the push {key} was done twice, as {first['number']} and {second['number']}")

    def verify(self, olga, dice, sample, settle=True):
        if settle:
            self.verify_holds(olga)
        for place in pick(self.known, dice, sample):
            self.verify_version(olga, place, settle)
        for (model, alias), _ in list(self.aliases.items()):
            status, answer = olga.json("GET", f"models/{self.ledger.NAMESPACE}/{model}/versions/{alias}")
            self.aliases.found((model, alias), answer["summary"]["number"] if status == 200 else None, settle)

    def verify_version(self, olga, place, settle):
        digest, files = self.known[place]
        status, answer = olga.json("GET", self.path(place))
        if status != 200 or answer["summary"]["digest"] != digest:
            raise Loss(f"version {place}: {status}")
        if [(f["path"], f["sha256"]) for f in answer["files"]] != [(f["path"], f["sha256"]) for f in files]:
            raise Loss(f"version {place} has other files")
        self.decisions.found(place, answer["summary"]["approval"], settle)
        is_removed = "removedAt" in answer["summary"]
        self.removed.found(place, is_removed, settle)
        if is_removed and settle and place in self.present[place[0]]:
            self.present[place[0]].remove(place)
        for file in files:
            status, _, data = olga.ask("GET", self.path(place, f"/files/{file['path']}"))
            seed, size, _ = self.ledger.blobs.known.get(file["sha256"], (None, None, None))
            if status == 200 and is_removed:
                raise Loss(f"{file['path']} of {place}, which was removed, is served")
            if not is_removed and (status != 200 or data != content(seed, size)):
                raise Loss(f"{file['path']} of version {place}: {status}, {len(data)} bytes of {size}")

    def verify_holds(self, olga):
        """Compares all holds, and learns of those whose answers were lost."""
        found, cursor = {}, ""
        while cursor is not None:
            status, page = olga.json("GET", f"namespaces/{self.ledger.NAMESPACE}/holds?limit=1000{cursor}")
            if status != 200:
                raise Loss(f"the holds cannot be read: {status}")
            for hold in page["items"]:
                model, number = hold["version"].rsplit("/", 1)[1].split(":")
                found.setdefault((model, int(number)), {})[hold["id"]] = "lifted" not in hold
            cursor = f"&cursor={page['nextCursor']}" if "nextCursor" in page else None
        for place in (set(found) | set(self.holds)) & set(self.known):
            holds = found.get(place, {})
            if lost := [hold for hold in self.holds.get(place, []) if hold not in holds]:
                raise Loss(f"the hold {lost[0]} of {place} is gone")
            self.held.found(place, any(holds.values()))
            self.holds[place] = [hold for hold, is_in_force in holds.items() if is_in_force]

    def compare(self, db, expected=None, exact=True):
        """Compares all versions with a database.

        - expected: those that have to be there; all that were acknowledged without it.
        - exact: whether what was decided later must be there too.
        """
        rows = {(model, number): (digest, removed) for model, number, digest, removed in db.execute("""
            SELECT name, number, digest, version_removals.version_id IS NOT NULL FROM versions
            JOIN collections ON collections.id = collection_id LEFT JOIN version_removals ON version_id = versions.id
            WHERE kind = 'model'""")}
        blobs = {row[0].hex() for row in db.execute("SELECT digest FROM blobs")}
        for place, (digest, files) in (expected or self.known).items():
            if place not in rows or rows[place][0].hex() != digest.removeprefix("sha256:"):
                raise Loss(f"version {place} is not in the database")
            is_removed = bool(rows[place][1])
            if exact:
                self.removed.found(place, is_removed, settle=False)
            elif is_removed and True not in self.removed[place]:
                raise Loss(f"version {place} is removed, and nobody asked for it")
            for file in files:
                if not is_removed and file["sha256"] not in blobs:
                    raise Loss(f"{file['path']} of version {place} has no blob")
