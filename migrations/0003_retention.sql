-- Removing versions, holding them, and collecting the bytes that nothing needs any more.

-- Versions that are gone ----------------------------------------------------------------------------------------------

-- A tombstone: the version, its digest and its document stay; its bytes are no longer served.
CREATE TABLE version_removals (
    version_id INTEGER NOT NULL PRIMARY KEY REFERENCES versions (id),
    removed_at INTEGER NOT NULL,
    removed_by TEXT REFERENCES principals (id) -- NULL where a retention rule removed it
) STRICT;

-- A legal hold. It is in force until two persons have lifted it.
CREATE TABLE holds (
    id TEXT NOT NULL PRIMARY KEY CHECK (length(id) = 26),
    version_id INTEGER NOT NULL REFERENCES versions (id),
    reason TEXT NOT NULL CHECK (length(reason) BETWEEN 1 AND 1000),
    placed_at INTEGER NOT NULL,
    placed_by TEXT NOT NULL REFERENCES principals (id)
) STRICT, WITHOUT ROWID;
CREATE INDEX holds_by_version ON holds (version_id);

CREATE TABLE hold_lifts (
    hold_id TEXT NOT NULL REFERENCES holds (id),
    step TEXT NOT NULL CHECK (step IN ('ask', 'confirm')),
    lifted_at INTEGER NOT NULL,
    lifted_by TEXT NOT NULL REFERENCES principals (id),
    PRIMARY KEY (hold_id, step)
) STRICT, WITHOUT ROWID;

CREATE VIEW holds_in_force AS
SELECT id, version_id FROM holds
WHERE NOT EXISTS (SELECT 1 FROM hold_lifts WHERE hold_id = holds.id AND step = 'confirm');

-- Every rule that ever was; the last one of a namespace or collection counts, one without numbers ends it.
CREATE TABLE retention_rules (
    id INTEGER NOT NULL PRIMARY KEY,
    namespace_id INTEGER NOT NULL REFERENCES namespaces (id),
    collection_id INTEGER REFERENCES collections (id), -- NULL for all models of the namespace
    keep_last INTEGER CHECK (keep_last > 0),
    keep_days INTEGER CHECK (keep_days > 0),
    set_at INTEGER NOT NULL,
    set_by TEXT NOT NULL REFERENCES principals (id)
) STRICT;
CREATE INDEX retention_rules_by_place ON retention_rules (namespace_id, collection_id, id);

-- Bytes that are gone -------------------------------------------------------------------------------------------------

-- Until when bytes stay although nothing refers to them yet: somebody is about to push what they belong to.
CREATE TABLE blob_leases (
    digest BLOB NOT NULL PRIMARY KEY REFERENCES blobs (digest) ON DELETE CASCADE,
    until INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX blob_leases_by_end ON blob_leases (until);

-- Bytes that nothing needed in some epoch; in a later one they go, unless somebody came back to them.
CREATE TABLE condemned_blobs (
    digest BLOB NOT NULL PRIMARY KEY REFERENCES blobs (digest) ON DELETE CASCADE,
    epoch INTEGER NOT NULL CHECK (epoch > 0)
) STRICT, WITHOUT ROWID;

-- What a worker uploaded; it stays for as long as its job is open.
CREATE TABLE reproduction_uploads (
    digest BLOB NOT NULL REFERENCES blobs (digest) ON DELETE CASCADE,
    reproduction_id TEXT NOT NULL REFERENCES reproductions (id),
    PRIMARY KEY (digest, reproduction_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE collection_state (
    id INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    epoch INTEGER NOT NULL,
    max_seen INTEGER NOT NULL, -- the latest time that is believed, in UTC milliseconds
    doubted INTEGER, -- a time too far ahead of it that was seen last
    confirmations INTEGER NOT NULL, -- by how many runs
    last_run_at INTEGER,
    swept_blobs INTEGER NOT NULL,
    swept_bytes INTEGER NOT NULL
) STRICT;
INSERT INTO collection_state VALUES (1, 0, 0, NULL, 0, NULL, 0, 0);
CREATE TRIGGER collection_time_never_decreases BEFORE UPDATE ON collection_state WHEN NEW.max_seen < OLD.max_seen
BEGIN SELECT RAISE(ABORT, 'the time that was seen never decreases'); END;

-- The files of an artifact outlive their bytes: the list of a removed version stays, so this is no foreign key any more.
-- The triggers below say what it said, and more.
CREATE TABLE artifact_files_outliving_blobs (
    artifact BLOB NOT NULL REFERENCES artifacts (digest),
    path TEXT NOT NULL,
    digest BLOB NOT NULL CHECK (length(digest) = 32),
    size INTEGER NOT NULL,
    media_type TEXT NOT NULL,
    mode TEXT NOT NULL CHECK (mode IN ('file', 'executable', 'symlink')),
    PRIMARY KEY (artifact, path)
) STRICT, WITHOUT ROWID;
INSERT INTO artifact_files_outliving_blobs SELECT artifact, path, digest, size, media_type, mode FROM artifact_files;
DROP TABLE artifact_files;
ALTER TABLE artifact_files_outliving_blobs RENAME TO artifact_files;
CREATE INDEX artifact_files_by_digest ON artifact_files (digest);

-- What a blob is needed for is asked for every blob.
CREATE INDEX runs_by_bundle ON runs (source_bundle) WHERE source_bundle IS NOT NULL;
CREATE INDEX runs_by_patch ON runs (source_patch) WHERE source_patch IS NOT NULL;
CREATE INDEX runs_by_log ON runs (log) WHERE log IS NOT NULL;
CREATE INDEX namespace_blobs_by_digest ON namespace_blobs (digest);

-- Immutability --------------------------------------------------------------------------------------------------------

CREATE TRIGGER artifact_files_no_update BEFORE UPDATE ON artifact_files BEGIN SELECT RAISE(ABORT, 'artifacts are immutable'); END;
CREATE TRIGGER artifact_files_no_delete BEFORE DELETE ON artifact_files BEGIN SELECT RAISE(ABORT, 'artifacts are immutable'); END;
CREATE TRIGGER artifact_files_have_bytes BEFORE INSERT ON artifact_files
WHEN NOT EXISTS (SELECT 1 FROM blobs WHERE digest = NEW.digest)
BEGIN SELECT RAISE(ABORT, 'a file of an artifact has no bytes'); END;
CREATE TRIGGER versions_have_bytes BEFORE INSERT ON versions
WHEN EXISTS (SELECT 1 FROM artifact_files AS file WHERE file.artifact = NEW.artifact
             AND NOT EXISTS (SELECT 1 FROM blobs WHERE blobs.digest = file.digest))
BEGIN SELECT RAISE(ABORT, 'a file of the version has no bytes'); END;
CREATE TRIGGER blobs_in_use_no_delete BEFORE DELETE ON blobs
WHEN EXISTS (SELECT 1 FROM artifact_files AS file JOIN versions ON versions.artifact = file.artifact
             WHERE file.digest = OLD.digest
             AND NOT EXISTS (SELECT 1 FROM version_removals WHERE version_id = versions.id))
BEGIN SELECT RAISE(ABORT, 'a version needs these bytes'); END;

CREATE TRIGGER version_removals_held BEFORE INSERT ON version_removals
WHEN EXISTS (SELECT 1 FROM holds_in_force WHERE version_id = NEW.version_id)
BEGIN SELECT RAISE(ABORT, 'the version is held'); END;
CREATE TRIGGER version_removals_no_update BEFORE UPDATE ON version_removals BEGIN SELECT RAISE(ABORT, 'removals are final'); END;
CREATE TRIGGER version_removals_no_delete BEFORE DELETE ON version_removals BEGIN SELECT RAISE(ABORT, 'removals are final'); END;
CREATE TRIGGER holds_no_update BEFORE UPDATE ON holds BEGIN SELECT RAISE(ABORT, 'holds are append-only'); END;
CREATE TRIGGER holds_no_delete BEFORE DELETE ON holds BEGIN SELECT RAISE(ABORT, 'holds are append-only'); END;
CREATE TRIGGER holds_of_removed_versions BEFORE INSERT ON holds
WHEN EXISTS (SELECT 1 FROM version_removals WHERE version_id = NEW.version_id)
BEGIN SELECT RAISE(ABORT, 'the version is removed'); END;
CREATE TRIGGER hold_lifts_by_two BEFORE INSERT ON hold_lifts
WHEN NEW.step = 'confirm'
    AND NOT EXISTS (SELECT 1 FROM hold_lifts WHERE hold_id = NEW.hold_id AND step = 'ask' AND lifted_by <> NEW.lifted_by)
BEGIN SELECT RAISE(ABORT, 'two persons lift a hold'); END;
CREATE TRIGGER hold_lifts_no_update BEFORE UPDATE ON hold_lifts BEGIN SELECT RAISE(ABORT, 'holds are append-only'); END;
CREATE TRIGGER hold_lifts_no_delete BEFORE DELETE ON hold_lifts BEGIN SELECT RAISE(ABORT, 'holds are append-only'); END;
CREATE TRIGGER retention_rules_no_update BEFORE UPDATE ON retention_rules BEGIN SELECT RAISE(ABORT, 'retention rules are append-only'); END;
CREATE TRIGGER retention_rules_no_delete BEFORE DELETE ON retention_rules BEGIN SELECT RAISE(ABORT, 'retention rules are append-only'); END;
