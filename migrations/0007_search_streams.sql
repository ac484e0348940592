-- Indexes that give the candidates of a search by version, so that a page looks at little more than it shows. Each is
-- filled when a version is recorded: its run is complete by then, and neither changes afterwards.

-- The metrics of a version's own run at their last steps, whatever the dataset: all that a search compares. A run may
-- have thousands of points before those.
CREATE TABLE version_metrics (
    version_id INTEGER NOT NULL REFERENCES versions (id),
    name TEXT NOT NULL,
    value REAL NOT NULL,
    PRIMARY KEY (version_id, name, value)
) STRICT, WITHOUT ROWID;

-- The commit of a version's own run.
CREATE TABLE version_commits (
    source_commit TEXT NOT NULL,
    version_id INTEGER NOT NULL REFERENCES versions (id),
    PRIMARY KEY (source_commit, version_id)
) STRICT, WITHOUT ROWID;

-- Where a version is. A walk looks at many versions; their own rows are so long that each would be a page to read.
CREATE TABLE version_places (
    version_id INTEGER NOT NULL PRIMARY KEY REFERENCES versions (id),
    namespace_id INTEGER NOT NULL REFERENCES namespaces (id),
    collection_id INTEGER NOT NULL REFERENCES collections (id)
) STRICT;

INSERT INTO version_metrics
SELECT DISTINCT versions.id, name, value FROM versions JOIN metrics ON metrics.run_id = versions.run_id
WHERE value IS NOT NULL
    AND step = (SELECT max(step) FROM metrics AS newer WHERE newer.run_id = metrics.run_id AND newer.name = metrics.name);
INSERT INTO version_commits
SELECT source_commit, versions.id FROM versions JOIN runs ON runs.id = versions.run_id WHERE source_commit IS NOT NULL;
INSERT INTO version_places
SELECT versions.id, namespace_id, collection_id FROM versions JOIN collections ON collections.id = versions.collection_id;

CREATE TRIGGER versions_found AFTER INSERT ON versions
BEGIN
    INSERT INTO version_metrics
    SELECT DISTINCT NEW.id, name, value FROM metrics
    WHERE run_id = NEW.run_id AND value IS NOT NULL
        AND step = (SELECT max(step) FROM metrics AS newer WHERE newer.run_id = metrics.run_id AND newer.name = metrics.name);
    INSERT INTO version_commits SELECT source_commit, NEW.id FROM runs WHERE id = NEW.run_id AND source_commit IS NOT NULL;
    INSERT INTO version_places SELECT NEW.id, namespace_id, id FROM collections WHERE id = NEW.collection_id;
END;

CREATE INDEX version_places_by_namespace ON version_places (namespace_id, version_id);
CREATE INDEX version_metrics_by_value ON version_metrics (name, value, version_id);
DROP INDEX metrics_by_value;

-- The last decision and the last move are read off the index alone.
DROP INDEX decisions_by_version;
CREATE INDEX decisions_by_version ON decisions (version_id, id, decision);
DROP INDEX alias_moves_by_alias;
CREATE INDEX alias_moves_by_alias ON alias_moves (collection_id, alias, id, version_id);

CREATE TRIGGER version_metrics_no_update BEFORE UPDATE ON version_metrics BEGIN SELECT RAISE(ABORT, 'versions are immutable'); END;
CREATE TRIGGER version_metrics_no_delete BEFORE DELETE ON version_metrics BEGIN SELECT RAISE(ABORT, 'versions are immutable'); END;
CREATE TRIGGER version_commits_no_update BEFORE UPDATE ON version_commits BEGIN SELECT RAISE(ABORT, 'versions are immutable'); END;
CREATE TRIGGER version_commits_no_delete BEFORE DELETE ON version_commits BEGIN SELECT RAISE(ABORT, 'versions are immutable'); END;
CREATE TRIGGER version_places_no_update BEFORE UPDATE ON version_places BEGIN SELECT RAISE(ABORT, 'versions are immutable'); END;
CREATE TRIGGER version_places_no_delete BEFORE DELETE ON version_places BEGIN SELECT RAISE(ABORT, 'versions are immutable'); END;
