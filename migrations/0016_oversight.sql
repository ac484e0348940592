-- What is noticed without anybody asking.

-- Alerts --------------------------------------------------------------------------------------------------------------

-- Verdicts that grew older than a policy allows; each is told once.
CREATE TABLE stale_verdicts (
    version_id INTEGER NOT NULL REFERENCES versions (id),
    reproduction_id TEXT NOT NULL REFERENCES reproductions (id),
    noticed_at INTEGER NOT NULL,
    PRIMARY KEY (version_id, reproduction_id)
) STRICT, WITHOUT ROWID;

-- What a policy says of the place of an alias that was moved under another one; each pair is looked at once.
CREATE TABLE alias_reviews (
    move_id INTEGER NOT NULL REFERENCES alias_moves (id),
    policy BLOB NOT NULL CHECK (length(policy) = 32), -- the digest; the built-in policy has no row of its own
    version_id INTEGER NOT NULL REFERENCES versions (id), -- of the move
    failures TEXT NOT NULL, -- JSON: the rules that do not hold
    reviewed_at INTEGER NOT NULL,
    PRIMARY KEY (move_id, policy)
) STRICT, WITHOUT ROWID;

CREATE INDEX alias_reviews_failed ON alias_reviews (version_id) WHERE failures <> '[]';

CREATE TRIGGER stale_verdicts_no_update BEFORE UPDATE ON stale_verdicts BEGIN SELECT RAISE(ABORT, 'alerts are append-only'); END;
CREATE TRIGGER stale_verdicts_no_delete BEFORE DELETE ON stale_verdicts BEGIN SELECT RAISE(ABORT, 'alerts are append-only'); END;
CREATE TRIGGER alias_reviews_no_update BEFORE UPDATE ON alias_reviews BEGIN SELECT RAISE(ABORT, 'alerts are append-only'); END;
CREATE TRIGGER alias_reviews_no_delete BEFORE DELETE ON alias_reviews BEGIN SELECT RAISE(ABORT, 'alerts are append-only'); END;
