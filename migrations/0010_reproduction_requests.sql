-- What whoever asked for a reproduction wished for.

-- Tolerances that were given only then, as JSON; the verdict says so.
ALTER TABLE reproductions ADD COLUMN compare TEXT;
-- Who carries the job out, if that is whoever asked for it; no worker gets such a job.
ALTER TABLE reproductions ADD COLUMN reserved_for TEXT REFERENCES principals (id);
