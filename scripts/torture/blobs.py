"""Bytes: sent whole, or in ranges through sessions that outlive the server."""
import hashlib, time
from known import Loss, Refused, content, pick
from server import Gone

SIZES = [0, 1, 4095, 4096, 70_000, 300_000, 1_200_000]
SESSION_SIZES = [90_001, 400_000, 1_500_000]
#: More are not begun; the others are gone on with first.
MOST_SESSIONS = 9


class Session:
    """An upload in ranges."""

    def __init__(self, seed, size, digest):
        self.seed, self.size, self.digest = seed, size, digest
        self.id = None
        #: Ranges [first, last] that were acknowledged.
        self.received = []
        #: What it may be: open, complete, gone.
        self.states = {"open"}
        self.is_stale = False

    def covers(self, extent):
        return any(first <= extent[0] and extent[1] <= last for first, last in self.received)

    def missing(self):
        """The pieces that were not acknowledged; whatever the server has beyond them is asked for when it is stale."""
        gaps, position = [], 0
        for first, last in sorted(self.received) + [[self.size, self.size]]:
            while position < first:
                end = min(first, position + self.size // 4 + 1)
                gaps.append((position, end - 1))
                position = end
            position = max(position, last + 1)
        return gaps


class Blobs:
    def __init__(self, ledger):
        self.ledger = ledger
        #: digest → (seed, size, when it was sent)
        self.known = {}
        #: digest → versions that name it
        self.named = {}
        self.idle = []
        #: Seconds that bytes stay which nothing names.
        self.grace = 0

    def path(self, rest):
        return f"namespaces/{self.ledger.NAMESPACE}/{rest}"

    def must_be_there(self, digest):
        """Whether a version that is there names it, or it is too young to be collected."""
        if places := self.named.get(digest):
            return any(self.ledger.versions.removed[place] == {False} for place in places)
        return time.monotonic() - self.known[digest][2] < self.grace

    def note(self, digest, seed, size, sent):
        self.known[digest] = (seed, size, sent)

    def put(self, ada, dice):
        """Sends bytes whole; returns digest and size."""
        seed, size = f"{self.ledger.seed}-{self.ledger.next()}", dice.choice(SIZES)
        data, sent = content(seed, size), time.monotonic()
        digest = hashlib.sha256(data).hexdigest()
        status, _, answer = ada.ask("PUT", self.path(f"blobs/sha256:{digest}"), data)
        if status not in (200, 201):
            raise Refused(status, answer)
        self.ledger.acknowledge(lambda: self.note(digest, seed, size, sent))
        return digest, size

    # --- Sessions ---------------------------------------------------------------------------------------------------------

    def use_session(self, ada, dice):
        """Goes on with a session or begins one: sends some ranges, then perhaps completes it or gives it up."""
        with self.ledger.lock:
            go_on = self.idle and (len(self.idle) >= MOST_SESSIONS or dice.random() < 0.6)
            session = self.idle.pop(dice.randrange(len(self.idle))) if go_on else None
        if session is None:
            seed, size = f"{self.ledger.seed}-{self.ledger.next()}", dice.choice(SESSION_SIZES)
            session = Session(seed, size, hashlib.sha256(content(seed, size)).hexdigest())
        try:
            self.go_on(session, ada, dice)
        except (Gone, Refused):
            session.is_stale = True
            raise
        finally:
            if "open" in session.states:
                with self.ledger.lock:
                    self.idle.append(session)

    def go_on(self, session, ada, dice, to_the_end=False):
        if session.id is None:
            self.open(session, ada)
        if session.is_stale:
            self.look(session, ada)
        if "open" not in session.states:
            return
        data, pieces = content(session.seed, session.size), session.missing()
        dice.shuffle(pieces)
        for first, last in pieces if to_the_end else pieces[:dice.randrange(1, 4)]:
            status, answer = ada.json("PUT", self.path(f"uploads/{session.id}"), data[first:last + 1], {
                "Content-Range": f"bytes {first}-{last}/{session.size}"})
            if status != 200:
                raise Refused(status, answer)
            self.ledger.acknowledge(lambda: session.received.append([first, last]))
        if not session.missing() and (to_the_end or dice.random() < 0.8):
            self.complete(session, ada)
        elif dice.random() < 0.08:
            self.end(session, "gone", lambda: ada.json("DELETE", self.path(f"uploads/{session.id}")))

    def open(self, session, ada):
        status, answer = ada.json("POST", self.path("uploads"), {"sha256": f"sha256:{session.digest}", "size": session.size})
        if status not in (200, 201):
            raise Refused(status, answer)
        self.ledger.acknowledge()
        session.id, session.received = answer["id"], answer["received"]

    def complete(self, session, ada):
        sent = time.monotonic()
        self.end(session, "complete", lambda: ada.json("POST", self.path(f"uploads/{session.id}/complete")))
        with self.ledger.lock:
            self.note(session.digest, session.seed, session.size, sent)

    def end(self, session, state, send):
        session.states = {"open", state}
        status, answer = send()
        if status >= 300:
            raise Refused(status, answer)
        self.ledger.acknowledge(lambda: setattr(session, "states", {state}))

    def look(self, session, ada, settle=False):
        """Takes in what the server has of a session; raises `Loss` where that is less than it acknowledged.

        - settle: after a start. Before it, a write that failed may still turn out to be done: its bytes may have come to
          the disk although the sync of them failed.
        """
        sent = time.monotonic()
        status, answer = ada.json("GET", self.path(f"uploads/{session.id}"))
        if status >= 500:
            raise Refused(status, answer)
        state = "gone" if status == 404 else "complete" if answer.get("complete") else "open"
        if state not in session.states:
            raise Loss(f"the upload {session.id} is {state}, not one of {session.states}")
        acknowledged, session.is_stale = session.received, False
        if settle or state != "open":
            session.states = {state}
        if state == "open":
            session.received = answer["received"]
            if lost := [extent for extent in acknowledged if not session.covers(extent)]:
                raise Loss(f"the upload {session.id} lost {lost}; it has {session.received}")
        elif state == "complete":
            self.note(session.digest, session.seed, session.size, sent)

    # --- Afterwards -------------------------------------------------------------------------------------------------------

    def verify_sessions(self, ada, dice):
        """Looks up all sessions that are open, and carries one to its end: all bytes are hashed there."""
        for session in self.idle:
            if session.id is not None:
                self.look(session, ada, settle=True)
        self.idle = [session for session in self.idle if "open" in session.states]
        if self.idle:
            session = self.idle.pop(dice.randrange(len(self.idle)))
            try:
                self.go_on(session, ada, dice, to_the_end=True)
            except Refused as refused:
                raise Loss(f"the upload {session.id} cannot be carried to its end: {refused}") from refused

    def verify(self, ada, dice, sample):
        for digest in pick(self.known, dice, sample):
            seed, size, _ = self.known[digest]
            status, _, data = ada.ask("GET", self.path(f"blobs/sha256:{digest}"))
            if status == 200 and data != content(seed, size):
                raise Loss(f"blob {digest} of {size} bytes has other bytes, {len(data)}")
            if status != 200 and (self.must_be_there(digest) or status not in (404, 410)):
                raise Loss(f"blob {digest} of {size} bytes: {status}")

    def compare(self, db):
        """Compares all of them with a database, and forgets those that were collected."""
        rows = {digest.hex(): size for digest, size in db.execute(
            "SELECT digest, size FROM namespace_blobs JOIN blobs USING (digest)")}
        for digest, (_, size, _) in list(self.known.items()):
            if digest in rows:
                if rows[digest] != size:
                    raise Loss(f"blob {digest} has {rows[digest]} bytes, not {size}")
            elif self.must_be_there(digest):
                raise Loss(f"blob {digest} of {size} bytes has no row")
            else:
                del self.known[digest]
