"""A second opinion on a data folder whose server is stopped: shares no code with Assay."""
import hashlib, json, sqlite3
from pathlib import Path


def findings(data, read_bytes=True):
    """What is wrong with a data folder, a sentence each; empty for a sound one."""
    data, wrong = Path(data), []
    db = sqlite3.connect(f"file:{data}/meta.db?mode=ro", uri=True)
    try:
        for row in db.execute("PRAGMA integrity_check"):
            if row[0] != "ok":
                wrong.append(f"integrity_check: {row[0]}")
        wrong += [f"foreign_key_check: {row}" for row in db.execute("PRAGMA foreign_key_check")]
        for digest, size in db.execute("SELECT digest, size FROM blobs"):
            wrong += blob(data, digest, size, read_bytes)
        for digest, manifest in db.execute("SELECT artifact, manifest FROM artifact_manifests"):
            if hashlib.sha256(manifest).digest() != digest:
                wrong.append(f"the manifest of artifact {digest.hex()} has another digest")
        for number, digest, document in db.execute("SELECT number, digest, document FROM versions"):
            if hashlib.sha256(document).digest() != digest:
                wrong.append(f"the document of version {number} has another digest")
        for row in db.execute("""
                SELECT versions.id, hex(artifact_files.digest) FROM versions JOIN artifact_files USING (artifact)
                WHERE versions.id NOT IN (SELECT version_id FROM version_removals)
                AND artifact_files.digest NOT IN (SELECT digest FROM blobs)"""):
            wrong.append(f"a file of version row {row[0]} has no blob: {row[1]}")
        wrong += log(db)
    finally:
        db.close()
    return wrong


def blob(data, digest, size, read_bytes):
    path = data / "blobs/sha256" / digest.hex()[:2] / digest.hex()
    try:
        if path.stat().st_size != size:
            return [f"blob {digest.hex()} has {path.stat().st_size} bytes, not {size}"]
        if read_bytes and hashlib.sha256(path.read_bytes()).digest() != digest:
            return [f"blob {digest.hex()} has other bytes"]
    except FileNotFoundError:
        return [f"blob {digest.hex()} has no file"]
    return []


def log(db):
    """The audit log: no gap, each leaf the RFC 6962 hash of its entry, each entry under its own number."""
    wrong = []
    for expected, (sequence, entry, leaf) in enumerate(
            db.execute("SELECT sequence, entry, leaf FROM audit_entries ORDER BY sequence")):
        if sequence != expected:
            return wrong + [f"the audit log has a gap before {sequence}"]
        if hashlib.sha256(b"\0" + entry).digest() != leaf:
            wrong.append(f"audit entry {sequence} does not have its leaf hash")
        if json.loads(entry)["seq"] != sequence:
            wrong.append(f"audit entry {sequence} says that it is another")
    return wrong
