-- The first schema. Migrations are never edited once released; a change is a new file.
-- Times are UTC milliseconds. Digests are the 32 raw bytes of a SHA-256.
-- What is history has triggers that forbid UPDATE and DELETE for everybody, the server included.

-- Identity and rights -------------------------------------------------------------------------------------------------

CREATE TABLE principals (
    id TEXT NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('person', 'service', 'ci')),
    created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Names are personal data: they live apart from the history, which knows opaque ids only.
CREATE TABLE principal_names (
    principal_id TEXT NOT NULL PRIMARY KEY REFERENCES principals (id),
    name TEXT NOT NULL COLLATE NOCASE UNIQUE CHECK (length(name) BETWEEN 1 AND 100)
) STRICT, WITHOUT ROWID;

CREATE TABLE tokens (
    id TEXT NOT NULL PRIMARY KEY,
    principal_id TEXT NOT NULL REFERENCES principals (id),
    secret_hash BLOB NOT NULL CHECK (length(secret_hash) = 32),
    label TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    revoked_at INTEGER,
    reproduction_id TEXT -- set on the one-job token of a worker, which is good for that job alone
) STRICT, WITHOUT ROWID;
CREATE INDEX tokens_by_principal ON tokens (principal_id);

CREATE TABLE namespaces (
    id INTEGER NOT NULL PRIMARY KEY,
    name TEXT NOT NULL COLLATE NOCASE UNIQUE,
    created_at INTEGER NOT NULL,
    created_by TEXT NOT NULL REFERENCES principals (id)
) STRICT;

-- Present roles; every change is in the audit log. namespace_id 0 stands for the whole server.
CREATE TABLE memberships (
    namespace_id INTEGER NOT NULL,
    principal_id TEXT NOT NULL REFERENCES principals (id),
    role TEXT NOT NULL CHECK (role IN ('reader', 'deployer', 'pusher', 'approver', 'auditor', 'admin')),
    granted_at INTEGER NOT NULL,
    granted_by TEXT NOT NULL,
    PRIMARY KEY (principal_id, namespace_id, role)
) STRICT, WITHOUT ROWID;
CREATE INDEX memberships_by_namespace ON memberships (namespace_id, principal_id);

-- Bytes ---------------------------------------------------------------------------------------------------------------

CREATE TABLE blobs (
    digest BLOB NOT NULL PRIMARY KEY CHECK (length(digest) = 32),
    size INTEGER NOT NULL CHECK (size >= 0),
    created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Which namespaces may name a blob: knowing a digest is no right to its bytes.
CREATE TABLE namespace_blobs (
    namespace_id INTEGER NOT NULL REFERENCES namespaces (id),
    digest BLOB NOT NULL REFERENCES blobs (digest),
    PRIMARY KEY (namespace_id, digest)
) STRICT, WITHOUT ROWID;

CREATE TABLE artifacts (
    digest BLOB NOT NULL PRIMARY KEY CHECK (length(digest) = 32),
    manifest BLOB NOT NULL,
    total_size INTEGER NOT NULL CHECK (total_size >= 0),
    created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE artifact_files (
    artifact BLOB NOT NULL REFERENCES artifacts (digest),
    path TEXT NOT NULL,
    digest BLOB NOT NULL REFERENCES blobs (digest),
    size INTEGER NOT NULL,
    media_type TEXT NOT NULL,
    mode TEXT NOT NULL CHECK (mode IN ('file', 'executable', 'symlink')),
    PRIMARY KEY (artifact, path)
) STRICT, WITHOUT ROWID;
CREATE INDEX artifact_files_by_digest ON artifact_files (digest);

-- Runs and versions ---------------------------------------------------------------------------------------------------

CREATE TABLE recipes (
    digest BLOB NOT NULL PRIMARY KEY CHECK (length(digest) = 32),
    document BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- A run is recorded when it has ended, and never changes.
CREATE TABLE runs (
    id TEXT NOT NULL PRIMARY KEY CHECK (length(id) = 26),
    namespace_id INTEGER NOT NULL REFERENCES namespaces (id),
    kind TEXT NOT NULL CHECK (kind IN ('train', 'evaluate', 'import')),
    state TEXT NOT NULL CHECK (state IN ('finished', 'failed')),
    recipe BLOB REFERENCES recipes (digest),
    source_url TEXT,
    source_commit TEXT,
    source_subfolder TEXT,
    source_bundle BLOB REFERENCES blobs (digest),
    source_patch BLOB REFERENCES blobs (digest),
    source_incomplete TEXT NOT NULL DEFAULT '[]',
    image_tag TEXT,
    image_digest BLOB CHECK (image_digest IS NULL OR length(image_digest) = 32),
    facts TEXT NOT NULL,
    log BLOB REFERENCES blobs (digest),
    -- The version that the run retrained or re-evaluated, for runs of reproductions.
    subject_version_id INTEGER REFERENCES versions (id),
    created_at INTEGER NOT NULL,
    created_by TEXT NOT NULL REFERENCES principals (id),
    CHECK ((source_commit IS NULL) = (source_bundle IS NULL)),
    CHECK ((image_tag IS NULL) = (image_digest IS NULL))
) STRICT, WITHOUT ROWID;
CREATE INDEX runs_by_commit ON runs (source_commit) WHERE source_commit IS NOT NULL;
CREATE INDEX runs_by_image ON runs (image_digest) WHERE image_digest IS NOT NULL;
CREATE INDEX runs_by_subject ON runs (subject_version_id) WHERE subject_version_id IS NOT NULL;

-- Models and datasets share the rules of versions and aliases, hence one table; they are different kinds of name.
CREATE TABLE collections (
    id INTEGER NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('model', 'dataset')),
    namespace_id INTEGER NOT NULL REFERENCES namespaces (id),
    name TEXT NOT NULL COLLATE NOCASE,
    created_at INTEGER NOT NULL,
    UNIQUE (kind, namespace_id, name)
) STRICT;
CREATE INDEX collections_by_namespace ON collections (namespace_id, kind, name);

CREATE TABLE versions (
    id INTEGER NOT NULL PRIMARY KEY,
    collection_id INTEGER NOT NULL REFERENCES collections (id),
    number INTEGER NOT NULL CHECK (number > 0),
    artifact BLOB NOT NULL REFERENCES artifacts (digest),
    digest BLOB NOT NULL UNIQUE CHECK (length(digest) = 32),
    document BLOB NOT NULL,
    run_id TEXT UNIQUE REFERENCES runs (id),
    flags TEXT NOT NULL DEFAULT '[]',
    created_at INTEGER NOT NULL,
    created_by TEXT NOT NULL REFERENCES principals (id),
    UNIQUE (collection_id, number)
) STRICT;
CREATE INDEX versions_by_artifact ON versions (artifact, collection_id, number);

CREATE TABLE version_parents (
    version_id INTEGER NOT NULL REFERENCES versions (id),
    parent_id INTEGER NOT NULL REFERENCES versions (id),
    PRIMARY KEY (version_id, parent_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX version_parents_by_parent ON version_parents (parent_id);

CREATE TABLE run_inputs (
    run_id TEXT NOT NULL REFERENCES runs (id),
    name TEXT NOT NULL,
    phase TEXT NOT NULL CHECK (phase IN ('train', 'evaluate')),
    version_id INTEGER NOT NULL REFERENCES versions (id),
    PRIMARY KEY (run_id, name)
) STRICT, WITHOUT ROWID;
CREATE INDEX run_inputs_by_version ON run_inputs (version_id);

-- SQLite turns NaN into NULL and keeps infinities: the class says which number it was.
CREATE TABLE metrics (
    run_id TEXT NOT NULL REFERENCES runs (id),
    name TEXT NOT NULL,
    step INTEGER NOT NULL CHECK (step >= 0),
    dataset_version_id INTEGER NOT NULL DEFAULT 0, -- 0 where the metric names no dataset
    class TEXT NOT NULL CHECK (class IN ('finite', 'nan', '+inf', '-inf')),
    value REAL,
    PRIMARY KEY (run_id, name, step, dataset_version_id),
    CHECK ((class = 'finite') = (value IS NOT NULL))
) STRICT, WITHOUT ROWID;

-- Decisions -----------------------------------------------------------------------------------------------------------

CREATE TABLE decisions (
    id INTEGER NOT NULL PRIMARY KEY,
    version_id INTEGER NOT NULL REFERENCES versions (id),
    digest BLOB NOT NULL CHECK (length(digest) = 32), -- the version digest that was decided about
    decision TEXT NOT NULL CHECK (decision IN ('approve', 'reject', 'withdraw')),
    comment TEXT,
    decided_at INTEGER NOT NULL,
    decided_by TEXT NOT NULL REFERENCES principals (id)
) STRICT;
CREATE INDEX decisions_by_version ON decisions (version_id, id);

-- Every move; an alias points to the version of its last move.
CREATE TABLE alias_moves (
    id INTEGER NOT NULL PRIMARY KEY,
    collection_id INTEGER NOT NULL REFERENCES collections (id),
    alias TEXT NOT NULL,
    version_id INTEGER REFERENCES versions (id), -- NULL where the alias was removed
    moved_at INTEGER NOT NULL,
    moved_by TEXT NOT NULL REFERENCES principals (id)
) STRICT;
CREATE INDEX alias_moves_by_alias ON alias_moves (collection_id, alias, id);

CREATE VIEW aliases AS
SELECT collection_id, alias, version_id, moved_at, moved_by, id
FROM alias_moves AS move
WHERE id = (SELECT max(id) FROM alias_moves AS newer
            WHERE newer.collection_id = move.collection_id AND newer.alias = move.alias)
  AND version_id IS NOT NULL;

-- Reproductions -------------------------------------------------------------------------------------------------------

CREATE TABLE reproductions (
    id TEXT NOT NULL PRIMARY KEY CHECK (length(id) = 26),
    version_id INTEGER NOT NULL REFERENCES versions (id),
    kind TEXT NOT NULL CHECK (kind IN ('retrain', 'evaluate')),
    state TEXT NOT NULL CHECK (state IN ('queued', 'running', 'done', 'cancelled')),
    requested_by TEXT NOT NULL REFERENCES principals (id),
    created_at INTEGER NOT NULL,
    started_at INTEGER,
    ended_at INTEGER,
    heartbeat_at INTEGER,
    attempts INTEGER NOT NULL DEFAULT 0,
    cancel_requested INTEGER NOT NULL DEFAULT 0 CHECK (cancel_requested IN (0, 1)),
    run_id TEXT REFERENCES runs (id),
    outcome TEXT,
    verdict TEXT,
    CHECK ((state IN ('done', 'cancelled')) = (ended_at IS NOT NULL)),
    CHECK ((verdict IS NULL) = (outcome IS NULL))
) STRICT, WITHOUT ROWID;
CREATE INDEX reproductions_by_version ON reproductions (version_id, id);
CREATE INDEX reproductions_open ON reproductions (state, id) WHERE state IN ('queued', 'running');

CREATE TABLE reproduction_log (
    reproduction_id TEXT NOT NULL REFERENCES reproductions (id),
    position INTEGER NOT NULL, -- of the chunk's first byte in the log
    chunk BLOB NOT NULL,
    PRIMARY KEY (reproduction_id, position)
) STRICT;

-- The log and the answers ---------------------------------------------------------------------------------------------

CREATE TABLE audit_entries (
    sequence INTEGER NOT NULL PRIMARY KEY CHECK (sequence >= 0),
    entry BLOB NOT NULL CHECK (length(entry) <= 65535),
    leaf BLOB NOT NULL CHECK (length(leaf) = 32), -- RFC 6962: SHA-256(0x00 || entry)
    namespace_id INTEGER -- NULL for what concerns the whole server
) STRICT;
CREATE INDEX audit_entries_by_namespace ON audit_entries (namespace_id, sequence);

-- The answer to a request with an Idempotency-Key, stored with what the request did.
CREATE TABLE idempotency (
    principal_id TEXT NOT NULL REFERENCES principals (id),
    key TEXT NOT NULL CHECK (length(key) BETWEEN 1 AND 255),
    request BLOB NOT NULL CHECK (length(request) = 32),
    answer BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (principal_id, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX idempotency_by_age ON idempotency (created_at);

-- Immutability --------------------------------------------------------------------------------------------------------

CREATE TRIGGER blobs_no_update BEFORE UPDATE ON blobs BEGIN SELECT RAISE(ABORT, 'blobs are immutable'); END;
CREATE TRIGGER artifacts_no_update BEFORE UPDATE ON artifacts BEGIN SELECT RAISE(ABORT, 'artifacts are immutable'); END;
CREATE TRIGGER artifacts_no_delete BEFORE DELETE ON artifacts BEGIN SELECT RAISE(ABORT, 'artifacts are immutable'); END;
CREATE TRIGGER artifact_files_no_update BEFORE UPDATE ON artifact_files BEGIN SELECT RAISE(ABORT, 'artifacts are immutable'); END;
CREATE TRIGGER artifact_files_no_delete BEFORE DELETE ON artifact_files BEGIN SELECT RAISE(ABORT, 'artifacts are immutable'); END;
CREATE TRIGGER recipes_no_update BEFORE UPDATE ON recipes BEGIN SELECT RAISE(ABORT, 'recipes are immutable'); END;
CREATE TRIGGER recipes_no_delete BEFORE DELETE ON recipes BEGIN SELECT RAISE(ABORT, 'recipes are immutable'); END;
CREATE TRIGGER runs_no_update BEFORE UPDATE ON runs BEGIN SELECT RAISE(ABORT, 'runs are immutable'); END;
CREATE TRIGGER runs_no_delete BEFORE DELETE ON runs BEGIN SELECT RAISE(ABORT, 'runs are immutable'); END;
CREATE TRIGGER run_inputs_no_update BEFORE UPDATE ON run_inputs BEGIN SELECT RAISE(ABORT, 'runs are immutable'); END;
CREATE TRIGGER run_inputs_no_delete BEFORE DELETE ON run_inputs BEGIN SELECT RAISE(ABORT, 'runs are immutable'); END;
CREATE TRIGGER metrics_no_update BEFORE UPDATE ON metrics BEGIN SELECT RAISE(ABORT, 'metrics are immutable'); END;
CREATE TRIGGER metrics_no_delete BEFORE DELETE ON metrics BEGIN SELECT RAISE(ABORT, 'metrics are immutable'); END;
CREATE TRIGGER versions_no_update BEFORE UPDATE ON versions BEGIN SELECT RAISE(ABORT, 'versions are immutable'); END;
CREATE TRIGGER versions_no_delete BEFORE DELETE ON versions BEGIN SELECT RAISE(ABORT, 'versions are immutable'); END;
CREATE TRIGGER version_parents_no_update BEFORE UPDATE ON version_parents BEGIN SELECT RAISE(ABORT, 'versions are immutable'); END;
CREATE TRIGGER version_parents_no_delete BEFORE DELETE ON version_parents BEGIN SELECT RAISE(ABORT, 'versions are immutable'); END;
CREATE TRIGGER decisions_no_update BEFORE UPDATE ON decisions BEGIN SELECT RAISE(ABORT, 'decisions are append-only'); END;
CREATE TRIGGER decisions_no_delete BEFORE DELETE ON decisions BEGIN SELECT RAISE(ABORT, 'decisions are append-only'); END;
CREATE TRIGGER alias_moves_no_update BEFORE UPDATE ON alias_moves BEGIN SELECT RAISE(ABORT, 'alias moves are append-only'); END;
CREATE TRIGGER alias_moves_no_delete BEFORE DELETE ON alias_moves BEGIN SELECT RAISE(ABORT, 'alias moves are append-only'); END;
CREATE TRIGGER audit_entries_no_update BEFORE UPDATE ON audit_entries BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
CREATE TRIGGER audit_entries_no_delete BEFORE DELETE ON audit_entries BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
CREATE TRIGGER audit_entries_no_gap BEFORE INSERT ON audit_entries
WHEN NEW.sequence <> (SELECT coalesce(max(sequence) + 1, 0) FROM audit_entries)
BEGIN SELECT RAISE(ABORT, 'the audit log has no gaps'); END;
CREATE TRIGGER reproductions_frozen BEFORE UPDATE ON reproductions WHEN OLD.state IN ('done', 'cancelled')
BEGIN SELECT RAISE(ABORT, 'an ended reproduction is immutable'); END;
CREATE TRIGGER reproductions_no_delete BEFORE DELETE ON reproductions BEGIN SELECT RAISE(ABORT, 'reproductions are append-only'); END;
