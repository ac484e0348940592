"""A server that dies at each step of its start, on an empty folder and on one of each older schema."""
import re, sqlite3
from pathlib import Path
from known import Loss
from server import Gone, Server
from trials import Scratch

ROOT = Path(__file__).resolve().parents[2]
STEPS = ROOT / "Sources/RegistryTypes/RecoveryStep.swift"
MIGRATIONS = sorted((ROOT / "migrations").glob("*.sql"))


def starts_that_are_cut_off(binary, every=1):
    """The next start goes on, with what was there; an upgrade leaves the database as it was beside it.

    - every: how many of the older schemas are left out between two.
    """
    steps, starts = re.findall(r'case \w+ = "(r[^"]+)"', STEPS.read_text()), 0
    schemas = sorted({*range(0, len(MIGRATIONS), every), len(MIGRATIONS) - 1})
    with Scratch(keep=True) as folder:
        number = application_id(binary, folder / "new")
        for schema in schemas:
            for step in steps:
                server = Server(binary, folder / f"{schema}-{step}/data")
                server.data.mkdir(parents=True)
                if schema:
                    make_old(server.data / "meta.db", schema, number)
                starts += is_cut_off(server, step, has_copy=schema > 0)
                expect_whole(server, schema)
    return f"starts cut off: {starts}, at {len(steps)} steps, on {len(schemas)} schemas: each was done again with all that was there"


def application_id(binary, data):
    server = Server(binary, data).start()
    server.stop()
    db = sqlite3.connect(data / "meta.db")
    number, = db.execute("PRAGMA application_id").fetchone()
    db.close()
    return number


def make_old(path, schema, number):
    """A database as a program of that schema leaves it, with one namespace."""
    db = sqlite3.connect(path)
    for migration in MIGRATIONS[:schema]:
        db.executescript(migration.read_text())
    db.execute("INSERT INTO principals VALUES ('p', 'person', 0)")
    db.execute("INSERT INTO namespaces (id, name, created_at, created_by) VALUES (7, 'of-old', 0, 'p')")
    db.execute(f"PRAGMA application_id = {number}")
    db.execute(f"PRAGMA user_version = {schema}")
    db.commit()
    db.close()


def is_cut_off(server, step, has_copy):
    """Starts the server, which has to die at a step; without an older database nothing is copied."""
    server.environment["ASSAY_FAILURE_POINT"] = step
    try:
        server.start()
        if has_copy or "copied" not in step:
            raise Loss(f"the server did not die at {step}")
        server.kill()
        return False
    except Gone:
        return True
    finally:
        del server.environment["ASSAY_FAILURE_POINT"]


def expect_whole(server, schema):
    server.start()
    if server.probe("/readyz") != 200:
        raise Loss(f"the server is not ready after an upgrade from schema {schema}")
    server.kill()
    db = sqlite3.connect(server.data / "meta.db")
    found = (db.execute("PRAGMA user_version").fetchone()[0], db.execute("PRAGMA integrity_check").fetchone()[0],
             [row[0] for row in db.execute("SELECT name FROM namespaces WHERE id > 0")])
    db.close()
    if found != (len(MIGRATIONS), "ok", ["of-old"] if schema else []):
        raise Loss(f"after an upgrade from schema {schema} there is {found}")
