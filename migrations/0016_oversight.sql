-- What is noticed without anybody asking, who had which role when, how keys of the log followed each other,
-- which versions an override let an alias point to, and whose CA vouches for servers of keys.

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

-- Roles ---------------------------------------------------------------------------------------------------------------

-- Every role that was given or taken away. Of the time before this table it holds the roles that were still held then, since
-- when; those that had ended are in the audit log alone.
CREATE TABLE membership_changes (
    id INTEGER NOT NULL PRIMARY KEY,
    namespace_id INTEGER NOT NULL,
    principal_id TEXT NOT NULL REFERENCES principals (id),
    role TEXT NOT NULL CHECK (role IN ('reader', 'deployer', 'pusher', 'approver', 'auditor', 'admin')),
    is_held INTEGER NOT NULL CHECK (is_held IN (0, 1)), -- since then
    changed_at INTEGER NOT NULL,
    changed_by TEXT NOT NULL
) STRICT;
CREATE INDEX membership_changes_by_role ON membership_changes (namespace_id, principal_id, role, id);
INSERT INTO membership_changes (namespace_id, principal_id, role, is_held, changed_at, changed_by)
SELECT namespace_id, principal_id, role, 1, granted_at, granted_by FROM memberships ORDER BY granted_at;

CREATE VIEW roles_held AS
SELECT namespace_id, principal_id, role FROM membership_changes AS change
WHERE is_held
    AND id = (SELECT max(id) FROM membership_changes AS newer
              WHERE newer.namespace_id = change.namespace_id AND newer.principal_id = change.principal_id
                AND newer.role = change.role);

-- `memberships` stays what rights are looked up in; it cannot differ from its history.
CREATE TRIGGER memberships_begin AFTER INSERT ON memberships BEGIN
    INSERT INTO membership_changes (namespace_id, principal_id, role, is_held, changed_at, changed_by)
    VALUES (NEW.namespace_id, NEW.principal_id, NEW.role, 1, NEW.granted_at, NEW.granted_by);
END;
CREATE TRIGGER memberships_end BEFORE DELETE ON memberships
WHEN EXISTS (SELECT 1 FROM roles_held AS held
             WHERE held.namespace_id = OLD.namespace_id AND held.principal_id = OLD.principal_id AND held.role = OLD.role)
BEGIN SELECT RAISE(ABORT, 'who takes a role away is recorded first'); END;
CREATE TRIGGER memberships_no_update BEFORE UPDATE ON memberships BEGIN SELECT RAISE(ABORT, 'a role begins and ends'); END;
CREATE TRIGGER membership_changes_no_update BEFORE UPDATE ON membership_changes BEGIN SELECT RAISE(ABORT, 'roles are append-only'); END;
CREATE TRIGGER membership_changes_no_delete BEFORE DELETE ON membership_changes BEGIN SELECT RAISE(ABORT, 'roles are append-only'); END;

-- Keys of the audit log -----------------------------------------------------------------------------------------------

-- The entry that announces a key; NULL for the first key of a log and for keys from before it was kept.
ALTER TABLE log_keys ADD COLUMN announced_in INTEGER;
CREATE TRIGGER log_keys_keep_their_entry BEFORE UPDATE OF announced_in ON log_keys
BEGIN SELECT RAISE(ABORT, 'the entry that announces a key stays the same'); END;

-- For each key that followed another, the first checkpoint over that entry that both have signed.
CREATE TABLE log_handovers (
    key_id BLOB NOT NULL PRIMARY KEY REFERENCES log_keys (id),
    epoch INTEGER NOT NULL REFERENCES log_epochs (number),
    note TEXT NOT NULL,
    signed_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TRIGGER log_handovers_no_update BEFORE UPDATE ON log_handovers BEGIN SELECT RAISE(ABORT, 'handovers are append-only'); END;
CREATE TRIGGER log_handovers_no_delete BEFORE DELETE ON log_handovers BEGIN SELECT RAISE(ABORT, 'handovers are append-only'); END;

-- Overrides -----------------------------------------------------------------------------------------------------------

CREATE INDEX alias_moves_by_override ON alias_moves (version_id) WHERE override_id IS NOT NULL;

-- Identities ----------------------------------------------------------------------------------------------------------

-- PEM: the CAs that alone vouch for the server of a provider's keys; NULL for those of the system.
ALTER TABLE identity_providers ADD COLUMN keys_ca TEXT;
