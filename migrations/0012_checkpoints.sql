-- The audit log as a tree whose root is signed.

-- The roots of subtrees of 256^level entries (C2SP tlog-tiles). Derived from the entries: without rows, they are made anew.
CREATE TABLE audit_subtrees (
    level INTEGER NOT NULL CHECK (level BETWEEN 1 AND 7),
    number INTEGER NOT NULL CHECK (number >= 0),
    root BLOB NOT NULL CHECK (length(root) = 32),
    PRIMARY KEY (level, number)
) STRICT, WITHOUT ROWID;

-- An epoch begins with the log, and again where an operator says that it may go on from an older state.
CREATE TABLE log_epochs (
    number INTEGER NOT NULL PRIMARY KEY CHECK (number >= 1),
    origin TEXT NOT NULL UNIQUE,
    previous TEXT, -- the last checkpoint before it that is known
    started_at INTEGER NOT NULL,
    started_by TEXT NOT NULL
) STRICT;

-- Public halves of the log's keys. The private halves are files of the data folder and never in the database.
CREATE TABLE log_keys (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 32), -- the SHA-256 of the SubjectPublicKeyInfo
    public_key BLOB NOT NULL UNIQUE CHECK (length(public_key) = 32),
    valid_from INTEGER NOT NULL,
    valid_until INTEGER -- NULL for the present one; an older one signs too, until then
) STRICT;
CREATE UNIQUE INDEX log_keys_present ON log_keys (valid_until IS NULL) WHERE valid_until IS NULL;

-- The last checkpoint of each epoch.
CREATE TABLE checkpoints (
    epoch INTEGER NOT NULL PRIMARY KEY REFERENCES log_epochs (number),
    size INTEGER NOT NULL CHECK (size > 0),
    root BLOB NOT NULL CHECK (length(root) = 32),
    note TEXT NOT NULL,
    signed_at INTEGER NOT NULL
) STRICT;

-- Which entry says that a version was made: {"action":"version.create" … ,"digest":"sha256:…". SQLite's functions of JSON
-- are not allowed in an index of a schema that is not trusted.
CREATE INDEX audit_entries_of_versions ON audit_entries (substr(entry, instr(entry, X'2C22646967657374223A22') + 11, 71))
WHERE substr(entry, 1, 26) = X'7B22616374696F6E223A2276657273696F6E2E63726561746522';

CREATE TRIGGER log_epochs_no_update BEFORE UPDATE ON log_epochs BEGIN SELECT RAISE(ABORT, 'epochs are append-only'); END;
CREATE TRIGGER log_epochs_no_delete BEFORE DELETE ON log_epochs BEGIN SELECT RAISE(ABORT, 'epochs are append-only'); END;
CREATE TRIGGER log_keys_no_delete BEFORE DELETE ON log_keys BEGIN SELECT RAISE(ABORT, 'keys of the log stay known'); END;
CREATE TRIGGER log_keys_only_end BEFORE UPDATE ON log_keys
WHEN NEW.valid_until IS NULL OR NEW.valid_until > OLD.valid_until OR NEW.id <> OLD.id
    OR NEW.public_key <> OLD.public_key OR NEW.valid_from <> OLD.valid_from
BEGIN SELECT RAISE(ABORT, 'a key of the log only ends'); END;
CREATE TRIGGER checkpoints_no_delete BEFORE DELETE ON checkpoints BEGIN SELECT RAISE(ABORT, 'checkpoints stay known'); END;
CREATE TRIGGER checkpoints_grow BEFORE UPDATE ON checkpoints
WHEN NEW.epoch <> OLD.epoch OR NEW.size < OLD.size OR (NEW.size = OLD.size AND NEW.root <> OLD.root)
BEGIN SELECT RAISE(ABORT, 'a log only grows'); END;
