-- Upload sessions: bytes under way, in several ranges and over several days. Bookkeeping and not history: the rows go
-- when the session does.

CREATE TABLE uploads (
    id TEXT NOT NULL PRIMARY KEY CHECK (length(id) = 26),
    namespace_id INTEGER NOT NULL REFERENCES namespaces (id),
    principal_id TEXT NOT NULL REFERENCES principals (id),
    digest BLOB NOT NULL CHECK (length(digest) = 32), -- of all bytes
    size INTEGER NOT NULL CHECK (size >= 0),
    used_at INTEGER NOT NULL, -- the last time that something of it was asked for or received
    completed_at INTEGER -- kept so that a repeated completion gets the same answer
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX uploads_open ON uploads (principal_id, namespace_id, digest, size) WHERE completed_at IS NULL;
CREATE INDEX uploads_by_age ON uploads (used_at);

-- Bytes that are durable in the session's file (invariant I7); neighbours are one row.
CREATE TABLE upload_extents (
    upload_id TEXT NOT NULL REFERENCES uploads (id) ON DELETE CASCADE,
    first INTEGER NOT NULL CHECK (first >= 0),
    last INTEGER NOT NULL CHECK (last >= first), -- the last byte, not the one behind it, as in Content-Range
    PRIMARY KEY (upload_id, first)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER upload_extents_inside BEFORE INSERT ON upload_extents
WHEN NEW.last >= (SELECT size FROM uploads WHERE id = NEW.upload_id)
BEGIN SELECT RAISE(ABORT, 'an extent lies inside its upload'); END;
CREATE TRIGGER upload_extents_disjoint BEFORE INSERT ON upload_extents
WHEN EXISTS (SELECT 1 FROM upload_extents
             WHERE upload_id = NEW.upload_id AND first <= NEW.last AND last >= NEW.first)
BEGIN SELECT RAISE(ABORT, 'extents of an upload do not overlap'); END;
CREATE TRIGGER upload_extents_no_update BEFORE UPDATE ON upload_extents
BEGIN SELECT RAISE(ABORT, 'extents are replaced, not changed'); END;
