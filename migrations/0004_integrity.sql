-- Whether the stored bytes are still what they were, and the work that finds out: checks and backups.

-- When the bytes of a blob were last hashed: when they were received, or by the scrub.
CREATE TABLE blob_checks (
    digest BLOB NOT NULL PRIMARY KEY REFERENCES blobs (digest) ON DELETE CASCADE,
    checked_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX blob_checks_by_age ON blob_checks (checked_at, digest);
INSERT INTO blob_checks (digest, checked_at) SELECT digest, created_at FROM blobs;
CREATE TRIGGER blobs_checked AFTER INSERT ON blobs
BEGIN INSERT INTO blob_checks (digest, checked_at) VALUES (NEW.digest, NEW.created_at); END;

-- Blobs whose bytes are damaged or gone, until somebody pushes them again. The audit log is the history.
CREATE TABLE corrupt_blobs (
    digest BLOB NOT NULL PRIMARY KEY REFERENCES blobs (digest) ON DELETE CASCADE,
    problem TEXT NOT NULL CHECK (problem IN ('missing', 'wrong-length', 'wrong-bytes', 'unreadable')),
    found_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Long work on the whole store that somebody asked for: done by the server, whether or not its client stays.
CREATE TABLE upkeep (
    id TEXT NOT NULL PRIMARY KEY CHECK (length(id) = 26),
    kind TEXT NOT NULL CHECK (kind IN ('fsck', 'backup')),
    state TEXT NOT NULL CHECK (state IN ('queued', 'running', 'done', 'failed')),
    request TEXT NOT NULL,
    requested_by TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    started_at INTEGER,
    ended_at INTEGER,
    outcome TEXT,
    explanation TEXT, -- why it failed
    CHECK ((state IN ('done', 'failed')) = (ended_at IS NOT NULL)),
    CHECK ((state = 'done') = (outcome IS NOT NULL)),
    CHECK ((state = 'failed') = (explanation IS NOT NULL))
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX upkeep_open ON upkeep (kind) WHERE state IN ('queued', 'running'); -- one of a kind at a time
CREATE INDEX upkeep_by_kind ON upkeep (kind, id);
CREATE TRIGGER upkeep_frozen BEFORE UPDATE ON upkeep WHEN OLD.state IN ('done', 'failed')
BEGIN SELECT RAISE(ABORT, 'ended upkeep is immutable'); END;
CREATE TRIGGER upkeep_no_delete BEFORE DELETE ON upkeep BEGIN SELECT RAISE(ABORT, 'upkeep is append-only'); END;
