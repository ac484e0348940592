"""Fills the data folder of a stopped server with many versions, true in everything that can be checked: files whose
digests are their names, commits that prove themselves, documents whose digests are the versions', and an audit entry
with its leaf for every write that would have left one.
"""
import hashlib, json, random, sqlite3

MODELS_PER_NAMESPACE = 50
VERSIONS_PER_MODEL = 100
WORDS = ["fraud", "churn", "tide", "digits", "price", "speech", "vision", "ranking", "weather", "traffic"]
BASE32 = "0123456789abcdefghjkmnpqrstvwxyz"
START = 1_700_000_000_000


def canonical(value):
    """RFC 8785 for what is written here: ASCII strings, small integers, numbers with few decimals."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def run_id(time, generator):
    digits = [BASE32[(time >> shift) & 31] for shift in range(45, -1, -5)]
    return "".join(digits) + "".join(generator.choices(BASE32, k=16))


def name(digest):
    return f"sha256:{digest.hex()}"


class Population:
    """Writes rows as the server would. `points` metric points are spread over the versions."""

    def __init__(self, data, versions, points, pusher, approver, namespaces):
        self.data, self.count, self.points = data, versions, max(2, points // versions)
        self.pusher, self.approver, self.random = pusher, approver, random.Random(7)
        self.database = sqlite3.connect(data / "meta.db", isolation_level=None)
        for pragma in ("journal_mode = WAL", "synchronous = OFF", "cache_size = -1000000", "recursive_triggers = ON",
                       "foreign_keys = ON"):
            self.database.execute(f"PRAGMA {pragma}")
        self.database.execute("BEGIN IMMEDIATE")
        found = dict(self.database.execute("SELECT name, id FROM namespaces"))
        self.namespaces = [(text, found[text]) for text in namespaces]
        (self.sequence,) = self.database.execute("SELECT max(sequence) + 1 FROM audit_entries").fetchone()
        self.time, self.models = START, {}

    def fill(self):
        weights = [self.blob(f"weights {index}\n".encode() * 100) for index in range(1000)]
        configurations = [self.blob(f'{{"configuration": {index}}}\n'.encode()) for index in range(1000)]
        commits = [self.commit(index) for index in range(1000)]
        for index in range(self.count):
            artifact = self.artifact(weights[index % 1000], configurations[index // 1000 % 1000])
            self.version(index, artifact, commits[self.random.randrange(1000)])
        for model in self.models.values():
            self.move(model, "staging", model["versions"][-1])
            approved = [version for version in model["versions"] if version["approved"]]
            if approved:
                self.move(model, "production", approved[-1])
        self.database.execute("COMMIT")
        self.database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        self.database.close()

    def audit(self, action, actor, namespace, thing, digest=None, **states):
        entry = {"action": action, "actor": actor, "auth": "local", "namespace": namespace[0], "object": thing,
                 "request": "populate", "seq": self.sequence, "ts": self.time, "v": 1, **states}
        if digest:
            entry["digest"] = name(digest)
        text = canonical(entry)
        leaf = hashlib.sha256(b"\0" + text).digest()
        self.database.execute("INSERT INTO audit_entries VALUES (?, ?, ?, ?)", (self.sequence, text, leaf, namespace[1]))
        self.sequence += 1

    def blob(self, content):
        digest = hashlib.sha256(content).digest()
        path = self.data / "blobs/sha256" / digest.hex()[:2] / digest.hex()
        path.write_bytes(content)
        path.chmod(0o440)
        self.database.execute("INSERT INTO blobs VALUES (?, ?, ?)", (digest, len(content), self.time))
        for namespace in self.namespaces:
            self.database.execute("INSERT INTO namespace_blobs VALUES (?, ?)", (namespace[1], digest))
            self.audit("blob.put", self.pusher, namespace, f"blob:{name(digest)}", digest)
        return digest, len(content)

    def commit(self, number):
        """A commit over an empty tree, and the bundle that proves it."""
        tree = b"tree 0\0"
        who = f"A <a@example.org> {START // 1000} +0000"
        text = f"tree {hashlib.sha1(tree).hexdigest()}\nauthor {who}\ncommitter {who}\n\ncommit {number}\n".encode()
        whole = b"commit %d\0" % len(text) + text
        return hashlib.sha1(whole).hexdigest(), self.blob(whole + tree)[0]

    def artifact(self, weights, configuration):
        files = [("config.json", "application/json", configuration), ("model.bin", "application/octet-stream", weights)]
        manifest = canonical([
            {"mediaType": media, "mode": "file", "path": path, "sha256": digest.hex(), "size": size}
            for path, media, (digest, size) in files])
        digest = hashlib.sha256(manifest).digest()
        self.database.execute(
            "INSERT INTO artifacts VALUES (?, ?, ?)", (digest, weights[1] + configuration[1], self.time))
        self.database.execute("INSERT INTO artifact_manifests VALUES (?, ?)", (digest, manifest))
        for path, media, (blob, size) in files:
            self.database.execute(
                "INSERT INTO artifact_files VALUES (?, ?, ?, ?, ?, 'file')", (digest, path, blob, size, media))
        return digest

    def model(self, index):
        """Every tenth version belongs to one large model, the others to many of a hundred versions."""
        number = 0 if index % 10 == 0 else 1 + index // VERSIONS_PER_MODEL
        if number not in self.models:
            namespace = self.namespaces[number // MODELS_PER_NAMESPACE % len(self.namespaces)]
            text = f"{WORDS[number % len(WORDS)]}-{number}" if number else "large"
            cursor = self.database.execute(
                "INSERT INTO collections (kind, namespace_id, name, created_at) VALUES ('model', ?, ?, ?)",
                (namespace[1], text, self.time))
            self.database.execute(
                "INSERT INTO collection_names (rowid, name) VALUES (?, ?)",
                (cursor.lastrowid, f"{namespace[0]}/{text}"))
            self.models[number] = {"id": cursor.lastrowid, "namespace": namespace, "versions": [],
                                   "name": f"{namespace[0]}/{text}", "count": 0}
        return self.models[number]

    def version(self, index, artifact, source):
        self.time += 1
        model = self.model(index)
        model["count"] += 1
        number, run, namespace = model["count"], run_id(self.time, self.random), model["namespace"]
        metrics = [
            {"class": "finite", "name": metric, "step": step, "value": self.random.randrange(100, 10**6) / 1e6 + 1e-7}
            for metric in ("accuracy", "loss") for step in range(self.points // 2)]
        self.run(run, namespace, source, metrics)
        document = canonical({
            "artifact": name(artifact), "model": model["name"], "number": number, "parents": [], "schema": "version/v1",
            "run": {"commit": source[0], "facts": name(hashlib.sha256(b"{}").digest()), "id": run, "inputs": {},
                    "kind": "import", "metrics": name(hashlib.sha256(canonical(metrics)).digest()),
                    "source": name(source[1]), "subfolder": ""}})
        digest = hashlib.sha256(document).digest()
        cursor = self.database.execute(
            "INSERT INTO versions (collection_id, number, artifact, digest, document, run_id, created_at, created_by)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (model["id"], number, artifact, digest, document, run, self.time, self.pusher))
        version = {"id": cursor.lastrowid, "digest": digest, "number": number, "approved": index % 3 == 1}
        model["versions"] = [*model["versions"][-9:], version]
        thing = f"model:{model['name']}:{number}"
        self.audit("version.create", self.pusher, namespace, thing, digest, after={"artifact": name(artifact), "flags": []})
        if version["approved"]:
            self.database.execute(
                "INSERT INTO decisions (version_id, digest, decision, decided_at, decided_by) VALUES (?, ?, 'approve', ?, ?)",
                (version["id"], digest, self.time, self.approver))
            self.audit("version.approve", self.approver, namespace, thing, digest)

    def run(self, run, namespace, source, metrics):
        self.database.execute(
            "INSERT INTO runs (id, namespace_id, kind, state, source_commit, source_subfolder, source_bundle, facts,"
            " created_at, created_by) VALUES (?, ?, 'import', 'finished', ?, '', ?, '{}', ?, ?)",
            (run, namespace[1], source[0], source[1], self.time, self.pusher))
        self.database.executemany(
            "INSERT INTO metrics (run_id, name, step, class, value) VALUES (?, ?, ?, 'finite', ?)",
            [(run, metric["name"], metric["step"], metric["value"]) for metric in metrics])

    def move(self, model, alias, version):
        self.database.execute(
            "INSERT INTO alias_moves (collection_id, alias, version_id, moved_at, moved_by) VALUES (?, ?, ?, ?, ?)",
            (model["id"], alias, version["id"], self.time, self.pusher))
        self.audit("alias.move", self.pusher, model["namespace"], f"model:{model['name']}:{alias}", version["digest"],
                   before=None, after=version["number"])
