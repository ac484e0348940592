-- What whoever asked for a reproduction wished for.

-- Tolerances that were given only then, as JSON; the verdict says so.
ALTER TABLE reproductions ADD COLUMN compare TEXT;
-- The only principal that may carry the job out, for a job that is run where it was asked for.
ALTER TABLE reproductions ADD COLUMN reserved_for TEXT REFERENCES principals (id);
