-- Schedules of reproductions, and reproductions that change something on purpose.

-- Every schedule that ever was; the last one of a namespace or model counts, one without an interval ends it.
CREATE TABLE schedules (
    id INTEGER NOT NULL PRIMARY KEY,
    namespace_id INTEGER NOT NULL REFERENCES namespaces (id),
    collection_id INTEGER REFERENCES collections (id), -- NULL for all models of the namespace
    kind TEXT NOT NULL CHECK (kind IN ('retrain', 'evaluate')),
    every_hours INTEGER CHECK (every_hours > 0),
    set_at INTEGER NOT NULL,
    set_by TEXT NOT NULL REFERENCES principals (id)
) STRICT;
CREATE INDEX schedules_by_place ON schedules (namespace_id, collection_id, id);
CREATE TRIGGER schedules_no_update BEFORE UPDATE ON schedules BEGIN SELECT RAISE(ABORT, 'schedules are append-only'); END;
CREATE TRIGGER schedules_no_delete BEFORE DELETE ON schedules BEGIN SELECT RAISE(ABORT, 'schedules are append-only'); END;

CREATE VIEW schedules_in_force AS
SELECT * FROM schedules AS schedule
WHERE every_hours IS NOT NULL
    AND id = (SELECT max(id) FROM schedules AS newer
              WHERE newer.namespace_id = schedule.namespace_id AND newer.collection_id IS schedule.collection_id);

-- The schedule of each model: its own, or that of its namespace.
CREATE VIEW model_schedules AS
SELECT collections.id AS collection_id, schedule.kind, schedule.every_hours * 3600000 AS interval, schedule.set_by
FROM collections JOIN schedules_in_force AS schedule ON schedule.namespace_id = collections.namespace_id
WHERE collections.kind = 'model'
    AND (schedule.collection_id = collections.id
         OR schedule.collection_id IS NULL
            AND NOT EXISTS (SELECT 1 FROM schedules_in_force AS own
                            WHERE own.namespace_id = collections.namespace_id AND own.collection_id = collections.id));

ALTER TABLE reproductions ADD COLUMN variation TEXT; -- what is changed on purpose, as name=value
ALTER TABLE reproductions ADD COLUMN scheduled INTEGER NOT NULL DEFAULT 0 CHECK (scheduled IN (0, 1));
CREATE UNIQUE INDEX reproductions_scheduled ON reproductions (version_id)
WHERE scheduled = 1 AND state IN ('queued', 'running'); -- one of a version at a time

-- The verdicts about versions as they are: where something was changed on purpose, the verdict is about the change.
CREATE VIEW own_verdicts AS
SELECT id, version_id, kind, outcome, ended_at FROM reproductions WHERE outcome IS NOT NULL AND variation IS NULL;
