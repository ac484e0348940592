-- Workers on any machine, and where each job is.

-- Who may claim jobs, and nothing else: a worker's principal has no role.
CREATE TABLE workers (
    principal_id TEXT NOT NULL PRIMARY KEY REFERENCES principals (id),
    name TEXT NOT NULL COLLATE NOCASE UNIQUE,
    created_at INTEGER NOT NULL,
    labels TEXT NOT NULL DEFAULT '{}', -- as the worker last said
    last_seen_at INTEGER,
    removed_at INTEGER
) STRICT, WITHOUT ROWID;

ALTER TABLE reproductions ADD COLUMN needs TEXT NOT NULL DEFAULT '{}'; -- what a worker must have
ALTER TABLE reproductions ADD COLUMN worker_id TEXT REFERENCES workers (principal_id);
ALTER TABLE reproductions ADD COLUMN lease TEXT; -- the public id of the token that opens the job now
ALTER TABLE reproductions ADD COLUMN phase TEXT
    CHECK (phase IN ('fetching', 'running', 'sending', 'comparing'));
CREATE INDEX reproductions_by_worker ON reproductions (worker_id) WHERE state = 'running';
