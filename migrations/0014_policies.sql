-- Policies, approvals that are bound to what was seen, emergency overrides, going back, and what can be erased.

-- Policies ------------------------------------------------------------------------------------------------------------

-- Canonical JSON by its digest.
CREATE TABLE policy_documents (
    digest BLOB NOT NULL UNIQUE CHECK (length(digest) = 32),
    document BLOB NOT NULL
) STRICT;

-- Every policy that ever was at a place; the last one of a place counts, one without a document ends it.
CREATE TABLE policies (
    id INTEGER NOT NULL PRIMARY KEY,
    namespace_id INTEGER NOT NULL REFERENCES namespaces (id),
    collection_id INTEGER REFERENCES collections (id), -- NULL for all models of the namespace
    alias TEXT, -- NULL for the aliases that are protected anyway
    policy BLOB REFERENCES policy_documents (digest),
    set_at INTEGER NOT NULL,
    set_by TEXT NOT NULL REFERENCES principals (id),
    CHECK (collection_id IS NULL OR alias IS NOT NULL)
) STRICT;
CREATE INDEX policies_by_place ON policies (namespace_id, collection_id, alias, id);

-- Decisions with all that they rest on, by the digest of the document.
CREATE TABLE policy_decisions (
    digest BLOB NOT NULL UNIQUE CHECK (length(digest) = 32),
    version_id INTEGER NOT NULL REFERENCES versions (id),
    document BLOB NOT NULL,
    decided_at INTEGER NOT NULL,
    decided_by TEXT NOT NULL REFERENCES principals (id)
) STRICT;
CREATE INDEX policy_decisions_by_version ON policy_decisions (version_id);

-- What was found in the files of a version when it was pushed.
CREATE TABLE version_scans (
    version_id INTEGER NOT NULL PRIMARY KEY REFERENCES versions (id),
    document TEXT NOT NULL
) STRICT;

-- Comments, which may hold personal data ------------------------------------------------------------------------------

-- The audit log and the history know the commitment alone: SHA-256 of the salt and the text. The row can be erased.
CREATE TABLE comments (
    commitment BLOB NOT NULL PRIMARY KEY CHECK (length(commitment) = 32),
    salt BLOB NOT NULL CHECK (length(salt) = 16),
    text TEXT NOT NULL,
    author TEXT NOT NULL REFERENCES principals (id)
) STRICT, WITHOUT ROWID;
CREATE INDEX comments_by_author ON comments (author);
CREATE TRIGGER comments_no_update BEFORE UPDATE ON comments BEGIN SELECT RAISE(ABORT, 'comments are only erased'); END;

-- Whose name and comments are gone.
CREATE TABLE principal_erasures (
    principal_id TEXT NOT NULL PRIMARY KEY REFERENCES principals (id),
    erased_at INTEGER NOT NULL,
    erased_by TEXT NOT NULL REFERENCES principals (id)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER comments_stay BEFORE DELETE ON comments
WHEN NOT EXISTS (SELECT 1 FROM principal_erasures WHERE principal_id = OLD.author)
BEGIN SELECT RAISE(ABORT, 'a comment goes only with its author''s personal data'); END;
CREATE TRIGGER principal_names_stay BEFORE DELETE ON principal_names
WHEN NOT EXISTS (SELECT 1 FROM principal_erasures WHERE principal_id = OLD.principal_id)
BEGIN SELECT RAISE(ABORT, 'a name goes only with its principal''s personal data'); END;
CREATE TRIGGER principal_names_no_update BEFORE UPDATE ON principal_names BEGIN SELECT RAISE(ABORT, 'a principal keeps its name'); END;
CREATE TRIGGER principal_names_no_return BEFORE INSERT ON principal_names
WHEN EXISTS (SELECT 1 FROM principal_erasures WHERE principal_id = NEW.principal_id)
BEGIN SELECT RAISE(ABORT, 'an erased principal gets no name again'); END;

-- Approvals -----------------------------------------------------------------------------------------------------------

ALTER TABLE decisions ADD COLUMN comment_commitment BLOB CHECK (length(comment_commitment) = 32);

CREATE TABLE approval_requests (
    id INTEGER NOT NULL PRIMARY KEY,
    version_id INTEGER NOT NULL REFERENCES versions (id),
    after_decision INTEGER NOT NULL, -- the last rejection or withdrawal before it, 0 if there was none
    comment BLOB CHECK (length(comment) = 32),
    requested_at INTEGER NOT NULL,
    requested_by TEXT NOT NULL REFERENCES principals (id)
) STRICT;
CREATE INDEX approval_requests_by_version ON approval_requests (version_id, after_decision);

-- One person's approval, with what that person saw. The one that completes what the policy asks for makes a decision.
CREATE TABLE approval_votes (
    id INTEGER NOT NULL PRIMARY KEY,
    version_id INTEGER NOT NULL REFERENCES versions (id),
    after_decision INTEGER NOT NULL,
    decision_id INTEGER UNIQUE REFERENCES decisions (id),
    evidence TEXT, -- canonical JSON; NULL for approvals from before it was recorded
    comment BLOB CHECK (length(comment) = 32),
    voted_at INTEGER NOT NULL,
    voted_by TEXT NOT NULL REFERENCES principals (id)
) STRICT;
CREATE INDEX approval_votes_by_version ON approval_votes (version_id, after_decision);
INSERT INTO approval_votes (version_id, after_decision, decision_id, voted_at, voted_by)
SELECT version_id,
    coalesce((SELECT max(id) FROM decisions AS earlier
              WHERE earlier.version_id = decisions.version_id AND earlier.id < decisions.id
                AND earlier.decision <> 'approve'), 0),
    id, decided_at, decided_by
FROM decisions WHERE decision = 'approve' ORDER BY id;

-- Overrides -----------------------------------------------------------------------------------------------------------

CREATE TABLE overrides (
    id TEXT NOT NULL PRIMARY KEY CHECK (length(id) = 26),
    version_id INTEGER NOT NULL REFERENCES versions (id),
    alias TEXT NOT NULL,
    reason TEXT NOT NULL CHECK (length(reason) BETWEEN 10 AND 1000),
    expires_at INTEGER NOT NULL,
    asked_at INTEGER NOT NULL,
    asked_by TEXT NOT NULL REFERENCES principals (id)
) STRICT, WITHOUT ROWID;
CREATE INDEX overrides_by_version ON overrides (version_id);

CREATE TABLE override_confirmations (
    override_id TEXT NOT NULL PRIMARY KEY REFERENCES overrides (id),
    confirmed_at INTEGER NOT NULL,
    confirmed_by TEXT NOT NULL REFERENCES principals (id)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER override_confirmations_by_two BEFORE INSERT ON override_confirmations
WHEN EXISTS (SELECT 1 FROM overrides WHERE id = NEW.override_id AND asked_by = NEW.confirmed_by)
BEGIN SELECT RAISE(ABORT, 'two persons override a policy'); END;

-- Aliases -------------------------------------------------------------------------------------------------------------

ALTER TABLE alias_moves ADD COLUMN decision BLOB REFERENCES policy_decisions (digest);
ALTER TABLE alias_moves ADD COLUMN override_id TEXT REFERENCES overrides (id);
-- The move whose state comes back when this one is taken back: 0 for none, NULL in moves from before it was recorded,
-- for which it is the move before.
ALTER TABLE alias_moves ADD COLUMN previous INTEGER;
ALTER TABLE alias_moves ADD COLUMN is_rollback INTEGER NOT NULL DEFAULT 0 CHECK (is_rollback IN (0, 1));

-- Immutability --------------------------------------------------------------------------------------------------------

CREATE TRIGGER policy_documents_no_update BEFORE UPDATE ON policy_documents BEGIN SELECT RAISE(ABORT, 'policies are immutable'); END;
CREATE TRIGGER policy_documents_no_delete BEFORE DELETE ON policy_documents BEGIN SELECT RAISE(ABORT, 'policies are immutable'); END;
CREATE TRIGGER policies_no_update BEFORE UPDATE ON policies BEGIN SELECT RAISE(ABORT, 'policies are append-only'); END;
CREATE TRIGGER policies_no_delete BEFORE DELETE ON policies BEGIN SELECT RAISE(ABORT, 'policies are append-only'); END;
CREATE TRIGGER policy_decisions_no_update BEFORE UPDATE ON policy_decisions BEGIN SELECT RAISE(ABORT, 'decisions are append-only'); END;
CREATE TRIGGER policy_decisions_no_delete BEFORE DELETE ON policy_decisions BEGIN SELECT RAISE(ABORT, 'decisions are append-only'); END;
CREATE TRIGGER version_scans_no_update BEFORE UPDATE ON version_scans BEGIN SELECT RAISE(ABORT, 'versions are immutable'); END;
CREATE TRIGGER version_scans_no_delete BEFORE DELETE ON version_scans BEGIN SELECT RAISE(ABORT, 'versions are immutable'); END;
CREATE TRIGGER approval_requests_no_update BEFORE UPDATE ON approval_requests BEGIN SELECT RAISE(ABORT, 'approvals are append-only'); END;
CREATE TRIGGER approval_requests_no_delete BEFORE DELETE ON approval_requests BEGIN SELECT RAISE(ABORT, 'approvals are append-only'); END;
CREATE TRIGGER approval_votes_no_update BEFORE UPDATE ON approval_votes BEGIN SELECT RAISE(ABORT, 'approvals are append-only'); END;
CREATE TRIGGER approval_votes_no_delete BEFORE DELETE ON approval_votes BEGIN SELECT RAISE(ABORT, 'approvals are append-only'); END;
CREATE TRIGGER overrides_no_update BEFORE UPDATE ON overrides BEGIN SELECT RAISE(ABORT, 'overrides are append-only'); END;
CREATE TRIGGER overrides_no_delete BEFORE DELETE ON overrides BEGIN SELECT RAISE(ABORT, 'overrides are append-only'); END;
CREATE TRIGGER override_confirmations_no_update BEFORE UPDATE ON override_confirmations BEGIN SELECT RAISE(ABORT, 'overrides are append-only'); END;
CREATE TRIGGER override_confirmations_no_delete BEFORE DELETE ON override_confirmations BEGIN SELECT RAISE(ABORT, 'overrides are append-only'); END;
CREATE TRIGGER principal_erasures_no_update BEFORE UPDATE ON principal_erasures BEGIN SELECT RAISE(ABORT, 'erasures are final'); END;
CREATE TRIGGER principal_erasures_no_delete BEFORE DELETE ON principal_erasures BEGIN SELECT RAISE(ABORT, 'erasures are final'); END;

-- History that had no triggers yet: who somebody is, what a name stands for, who may name bytes.
CREATE TRIGGER principals_no_update BEFORE UPDATE ON principals BEGIN SELECT RAISE(ABORT, 'principals are immutable'); END;
CREATE TRIGGER principals_no_delete BEFORE DELETE ON principals BEGIN SELECT RAISE(ABORT, 'principals are immutable'); END;
CREATE TRIGGER namespaces_no_update BEFORE UPDATE ON namespaces BEGIN SELECT RAISE(ABORT, 'namespaces are immutable'); END;
CREATE TRIGGER namespaces_no_delete BEFORE DELETE ON namespaces BEGIN SELECT RAISE(ABORT, 'namespaces are immutable'); END;
CREATE TRIGGER collections_no_update BEFORE UPDATE ON collections BEGIN SELECT RAISE(ABORT, 'names are immutable'); END;
CREATE TRIGGER collections_no_delete BEFORE DELETE ON collections BEGIN SELECT RAISE(ABORT, 'names are immutable'); END;
