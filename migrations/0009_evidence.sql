-- What is signed, and by which key.

-- Public halves of the server's keys. The private halves are files of the data folder and never in the database.
CREATE TABLE signing_keys (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 32), -- the SHA-256 of the SubjectPublicKeyInfo
    public_key BLOB NOT NULL UNIQUE CHECK (length(public_key) = 32),
    valid_from INTEGER NOT NULL,
    valid_until INTEGER -- NULL for the one that signs
) STRICT;
CREATE UNIQUE INDEX signing_keys_present ON signing_keys (valid_until IS NULL) WHERE valid_until IS NULL;

-- The statement of each verdict, as it was signed.
CREATE TABLE statements (
    digest BLOB NOT NULL PRIMARY KEY CHECK (length(digest) = 32), -- the SHA-256 of the payload
    reproduction_id TEXT NOT NULL UNIQUE REFERENCES reproductions (id),
    payload BLOB NOT NULL,
    key_id BLOB NOT NULL REFERENCES signing_keys (id),
    signature BLOB NOT NULL CHECK (length(signature) = 64)
) STRICT;

-- Until when the outputs of a reproduction are kept.
CREATE TABLE reproduction_outputs (
    reproduction_id TEXT NOT NULL PRIMARY KEY REFERENCES reproductions (id),
    artifact BLOB NOT NULL REFERENCES artifacts (digest),
    keep_until INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX reproduction_outputs_by_artifact ON reproduction_outputs (artifact, keep_until);

CREATE TRIGGER signing_keys_no_delete BEFORE DELETE ON signing_keys BEGIN SELECT RAISE(ABORT, 'signing keys stay known'); END;
CREATE TRIGGER signing_keys_end_once BEFORE UPDATE ON signing_keys
WHEN OLD.valid_until IS NOT NULL OR NEW.valid_until IS NULL OR NEW.id <> OLD.id OR NEW.public_key <> OLD.public_key
    OR NEW.valid_from <> OLD.valid_from
BEGIN SELECT RAISE(ABORT, 'a signing key only ends'); END;
CREATE TRIGGER statements_no_update BEFORE UPDATE ON statements BEGIN SELECT RAISE(ABORT, 'statements are immutable'); END;
CREATE TRIGGER statements_no_delete BEFORE DELETE ON statements BEGIN SELECT RAISE(ABORT, 'statements are immutable'); END;
CREATE TRIGGER reproduction_outputs_no_update BEFORE UPDATE ON reproduction_outputs BEGIN SELECT RAISE(ABORT, 'evidence is immutable'); END;
CREATE TRIGGER reproduction_outputs_no_delete BEFORE DELETE ON reproduction_outputs BEGIN SELECT RAISE(ABORT, 'evidence is immutable'); END;
