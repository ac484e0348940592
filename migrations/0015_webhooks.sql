-- Who is told of what happens. The audit log is the outbox: an event is an entry, and `cursor` says which ones are looked at.

-- Only admins of its namespace may see an address: it can hold a secret of the receiver.
CREATE TABLE webhooks (
    id TEXT NOT NULL PRIMARY KEY CHECK (length(id) = 26),
    namespace_id INTEGER REFERENCES namespaces (id), -- NULL for what happens on the whole server
    url TEXT NOT NULL CHECK (length(url) BETWEEN 1 AND 2000),
    events TEXT NOT NULL, -- a JSON array of patterns
    state TEXT NOT NULL CHECK (state IN ('active', 'paused', 'gone')),
    cursor INTEGER NOT NULL CHECK (cursor >= 0), -- the first entry that was not looked at
    -- Its secret is made of the server's key, its id and this number; it is written down nowhere.
    generation INTEGER NOT NULL CHECK (generation >= 1),
    key_id BLOB NOT NULL CHECK (length(key_id) = 32), -- which key of the server that was
    earlier_until INTEGER, -- until when the secret before signs too
    delivered_at INTEGER, -- when its receiver took a message last
    problem TEXT, -- why the last attempt did not count, NULL if it did
    created_at INTEGER NOT NULL,
    created_by TEXT NOT NULL REFERENCES principals (id)
) STRICT, WITHOUT ROWID;
CREATE INDEX webhooks_by_namespace ON webhooks (namespace_id);

-- What a webhook is told, and how that went. The body is kept as it is sent.
CREATE TABLE webhook_deliveries (
    number INTEGER NOT NULL PRIMARY KEY,
    webhook_id TEXT NOT NULL REFERENCES webhooks (id) ON DELETE CASCADE,
    event_id TEXT NOT NULL,
    type TEXT NOT NULL,
    body BLOB NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'delivered', 'failed')),
    tries INTEGER NOT NULL DEFAULT 0, -- since it was to be sent, or sent once more
    due_at INTEGER, -- when it is tried next
    created_at INTEGER NOT NULL,
    ended_at INTEGER,
    UNIQUE (webhook_id, event_id),
    CHECK ((state = 'waiting') = (due_at IS NOT NULL)),
    CHECK ((state = 'waiting') = (ended_at IS NULL))
) STRICT;
CREATE INDEX webhook_deliveries_newest ON webhook_deliveries (webhook_id, number);
CREATE INDEX webhook_deliveries_due ON webhook_deliveries (webhook_id, due_at, number) WHERE state = 'waiting';
CREATE INDEX webhook_deliveries_by_end ON webhook_deliveries (ended_at) WHERE ended_at IS NOT NULL;

CREATE TABLE webhook_attempts (
    delivery INTEGER NOT NULL REFERENCES webhook_deliveries (number) ON DELETE CASCADE,
    attempt INTEGER NOT NULL CHECK (attempt >= 1),
    at INTEGER NOT NULL,
    duration INTEGER NOT NULL, -- milliseconds
    status INTEGER, -- of the answer, if there was one
    problem TEXT,
    PRIMARY KEY (delivery, attempt)
) STRICT, WITHOUT ROWID;
