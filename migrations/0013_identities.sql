-- Tokens that carry less than their principal may, and identities that others vouch for: CI systems by the tokens that
-- they sign, services by their certificates.

-- Tokens ---------------------------------------------------------------------------------------------------------------

-- A token with a scope has rows in token_scopes; one without carries all rights of its principal.
ALTER TABLE tokens ADD COLUMN is_scoped INTEGER NOT NULL DEFAULT 0 CHECK (is_scoped IN (0, 1));
-- Noted behind the requests, not with each: a time some seconds old.
ALTER TABLE tokens ADD COLUMN last_used_at INTEGER;
-- The rule by which a CI system's token was exchanged for this one.
ALTER TABLE tokens ADD COLUMN identity_rule_id INTEGER;
CREATE INDEX tokens_by_identity_rule ON tokens (identity_rule_id, expires_at) WHERE identity_rule_id IS NOT NULL;

-- What a token may do at most, of what its principal may. namespace_id 0 stands for wherever the principal has a right.
CREATE TABLE token_scopes (
    token_id TEXT NOT NULL REFERENCES tokens (id) ON DELETE CASCADE,
    namespace_id INTEGER NOT NULL,
    role TEXT NOT NULL CHECK (role IN ('reader', 'deployer', 'pusher', 'approver', 'auditor', 'admin')),
    PRIMARY KEY (token_id, namespace_id, role)
) STRICT, WITHOUT ROWID;

-- Who signs identities -------------------------------------------------------------------------------------------------

CREATE TABLE identity_providers (
    id INTEGER NOT NULL PRIMARY KEY,
    name TEXT NOT NULL COLLATE NOCASE UNIQUE,
    kind TEXT NOT NULL CHECK (kind IN ('github', 'gitlab', 'jenkins', 'kubernetes', 'other')),
    issuer TEXT NOT NULL UNIQUE,
    audience TEXT NOT NULL,
    -- Where its public keys are fetched, or the keys themselves (a JSON Web Key Set, RFC 7517).
    keys_url TEXT,
    keys TEXT,
    -- Whether one of its tokens may be exchanged more than once.
    allows_reuse INTEGER NOT NULL CHECK (allows_reuse IN (0, 1)),
    created_at INTEGER NOT NULL,
    created_by TEXT NOT NULL REFERENCES principals (id),
    CHECK ((keys_url IS NULL) <> (keys IS NULL))
) STRICT;

-- Which claims make a token somebody, and what it may do then. Claims: a JSON object of texts.
CREATE TABLE identity_rules (
    id INTEGER NOT NULL PRIMARY KEY,
    name TEXT NOT NULL COLLATE NOCASE UNIQUE,
    provider_id INTEGER NOT NULL REFERENCES identity_providers (id),
    claims TEXT NOT NULL,
    principal_id TEXT NOT NULL REFERENCES principals (id),
    created_at INTEGER NOT NULL,
    created_by TEXT NOT NULL REFERENCES principals (id),
    UNIQUE (provider_id, claims)
) STRICT;

CREATE TABLE identity_rule_scopes (
    rule_id INTEGER NOT NULL REFERENCES identity_rules (id) ON DELETE CASCADE,
    namespace_id INTEGER NOT NULL,
    role TEXT NOT NULL CHECK (role IN ('reader', 'deployer', 'pusher', 'approver', 'auditor', 'admin')),
    PRIMARY KEY (rule_id, namespace_id, role)
) STRICT, WITHOUT ROWID;

-- Tokens of providers that were exchanged, until they would be refused for their age.
CREATE TABLE used_identity_tokens (
    provider_id INTEGER NOT NULL REFERENCES identity_providers (id) ON DELETE CASCADE,
    digest BLOB NOT NULL CHECK (length(digest) = 32),
    forget_at INTEGER NOT NULL,
    PRIMARY KEY (provider_id, digest)
) STRICT, WITHOUT ROWID;
CREATE INDEX used_identity_tokens_by_time ON used_identity_tokens (forget_at);

-- Certificates --------------------------------------------------------------------------------------------------------

-- Which name in a client's certificate is whom: `URI:spiffe://…` or `DNS:…`.
CREATE TABLE certificate_names (
    name TEXT NOT NULL PRIMARY KEY,
    principal_id TEXT NOT NULL REFERENCES principals (id),
    created_at INTEGER NOT NULL,
    created_by TEXT NOT NULL REFERENCES principals (id)
) STRICT, WITHOUT ROWID;
