-- What keeps questions fast at a million versions: the index of names, indexes behind the conditions of a search, and
-- totals that are kept up to date instead of being counted.

-- Three letters at a time of namespace/name, so that any part of a name is found. Whoever inserts a collection inserts
-- its name here too: a trigger may not, for SQLite trusts no schema with a virtual table while trusted_schema is off.
-- Names never change and never go.
CREATE VIRTUAL TABLE collection_names USING fts5 (name, content = '', tokenize = 'trigram');
INSERT INTO collection_names (rowid, name)
SELECT collections.id, namespaces.name || '/' || collections.name
FROM collections JOIN namespaces ON namespaces.id = collections.namespace_id;

CREATE INDEX versions_flagged ON versions (id) WHERE flags <> '[]';
CREATE INDEX metrics_by_value ON metrics (name, value) WHERE value IS NOT NULL;
CREATE INDEX decisions_by_decision ON decisions (decision, version_id);
CREATE INDEX alias_moves_by_name ON alias_moves (alias, version_id);

-- What /metrics shows.
CREATE TABLE totals (
    name TEXT NOT NULL PRIMARY KEY,
    value INTEGER NOT NULL CHECK (value >= 0)
) STRICT, WITHOUT ROWID;
INSERT INTO totals SELECT 'blobs', count(*) FROM blobs;
INSERT INTO totals SELECT 'blob_bytes', coalesce(sum(size), 0) FROM blobs;
INSERT INTO totals SELECT 'reproductions_' || state, count(*) FROM reproductions GROUP BY state;

CREATE TRIGGER blobs_counted AFTER INSERT ON blobs
BEGIN
    UPDATE totals SET value = value + 1 WHERE name = 'blobs';
    UPDATE totals SET value = value + NEW.size WHERE name = 'blob_bytes';
END;
CREATE TRIGGER blobs_uncounted AFTER DELETE ON blobs
BEGIN
    UPDATE totals SET value = value - 1 WHERE name = 'blobs';
    UPDATE totals SET value = value - OLD.size WHERE name = 'blob_bytes';
END;
CREATE TRIGGER reproductions_counted AFTER INSERT ON reproductions
BEGIN
    INSERT INTO totals VALUES ('reproductions_' || NEW.state, 1) ON CONFLICT (name) DO UPDATE SET value = value + 1;
END;
CREATE TRIGGER reproductions_recounted AFTER UPDATE OF state ON reproductions WHEN NEW.state <> OLD.state
BEGIN
    UPDATE totals SET value = value - 1 WHERE name = 'reproductions_' || OLD.state;
    INSERT INTO totals VALUES ('reproductions_' || NEW.state, 1) ON CONFLICT (name) DO UPDATE SET value = value + 1;
END;
