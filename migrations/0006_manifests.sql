-- Manifests apart from artifacts: a foreign key is looked up in a table WITHOUT ROWID by reading whole rows, so that
-- recording the 100,000 files of an artifact read its manifest of 20 MB 100,000 times.

CREATE TABLE artifact_manifests (
    artifact BLOB NOT NULL UNIQUE REFERENCES artifacts (digest),
    manifest BLOB NOT NULL
) STRICT;

INSERT INTO artifact_manifests (artifact, manifest) SELECT digest, manifest FROM artifacts;
ALTER TABLE artifacts DROP COLUMN manifest;

CREATE TRIGGER artifact_manifests_no_update BEFORE UPDATE ON artifact_manifests BEGIN SELECT RAISE(ABORT, 'artifacts are immutable'); END;
CREATE TRIGGER artifact_manifests_no_delete BEFORE DELETE ON artifact_manifests BEGIN SELECT RAISE(ABORT, 'artifacts are immutable'); END;

-- Lineage asks which runs measured on a dataset.
CREATE INDEX metrics_by_dataset ON metrics (dataset_version_id, run_id) WHERE dataset_version_id <> 0;
