import Foundation
import GRDB
import RegistryTypes

/// The rows of runs, their inputs and their metrics.
enum RunRows {
    /// Records an ended run; it never changes afterwards. `subject` is the version that it retrained or re-evaluated.
    ///
    /// Throws `blob-unknown` for a source, patch or log that was not uploaded, `not-found` for an unknown dataset, and
    /// `invalid-recipe` where a recipe names other bytes than the dataset version holds.
    static func insert(
        _ run: CheckedRun, id: RunID, subject: Int64? = nil, namespace: Int64, by principal: String, at now: Int64,
        _ db: Database
    ) throws -> VersionDocument.Run {
        let told = try run.description.resolved(db)
        for digest in [run.source?.bundle, run.source?.patch, told.log].compactMap(\.self) {
            try ArtifactRows.requireBlob(digest, namespace: namespace, db)
        }
        let recipe = try told.recipe.map { try insert($0, db) }
        try db.execute(
            sql: """
                INSERT INTO runs (id, namespace_id, kind, state, recipe, source_url, source_commit, source_subfolder,
                    source_bundle, source_patch, source_incomplete, image_tag, image_digest, facts, log, created_at,
                    created_by, subject_version_id)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                id.text, namespace, told.kind.rawValue, told.state.rawValue, data(recipe), run.source?.url,
                run.source?.commit.hex, run.source?.subfolder, data(run.source?.bundle), data(run.source?.patch),
                String(decoding: try StrictJSON.encode(run.sourceIncomplete), as: UTF8.self), told.image?.tag,
                data(told.image?.digest), String(decoding: try StrictJSON.encode(told.facts), as: UTF8.self),
                data(told.log), now, principal, subject,
            ])
        let inputs = try insertInputs(of: told, run: id, db)
        try insertMetrics(told.metrics, run: id, db)
        return VersionDocument.Run(
            id: id, kind: told.kind, recipe: recipe, source: run.source, image: told.image?.digest, inputs: inputs,
            metrics: try told.metrics.canonicalDigest(), facts: try told.facts.canonicalDigest())
    }

    private static func data(_ digest: Digest?) -> Data? { digest.map { Data($0.bytes) } }

    private static func insert(_ recipe: Recipe, _ db: Database) throws -> Digest {
        let document = try recipe.canonicalJSON()
        let digest = Digest.of(document)
        try db.execute(
            sql: "INSERT INTO recipes (digest, document) VALUES (?, ?) ON CONFLICT DO NOTHING",
            arguments: [Data(digest.bytes), document])
        return digest
    }

    /// Ties the run to the dataset versions that it read; returns their version digests by input name.
    private static func insertInputs(
        of run: RunDescription, run id: RunID, _ db: Database
    ) throws -> [String: Digest] {
        let wanted =
            run.recipe.map { recipe in
                recipe.inputs.map {
                    (RunInput(name: $0.name, phase: $0.phase, dataset: $0.dataset), Optional($0.artifact))
                }
            } ?? (run.inputs ?? []).map { ($0, nil) }
        var digests: [String: Digest] = [:]
        for (input, artifact) in wanted {
            let version = try dataset(input.dataset, db)
            guard artifact == nil || artifact == version.artifact else {
                throw RegistryError(
                    .invalidRecipe,
                    "the recipe's input \(input.name) names other bytes than \(input.dataset) holds")
            }
            guard digests.updateValue(version.digest, forKey: input.name) == nil else {
                throw RegistryError(.invalidRequest, "two inputs are called \(input.name)")
            }
            try db.execute(
                sql: "INSERT INTO run_inputs (run_id, name, phase, version_id) VALUES (?, ?, ?, ?)",
                arguments: [id.text, input.name, input.phase.rawValue, version.id])
        }
        return digests
    }

    /// Throws unless the caller may fetch every dataset that a run says it read or measured on.
    ///
    /// Without this, a digest could be probed, and a reproduction would hand out what its data says.
    static func requireReadable(_ run: RunDescription, _ caller: Caller, _ db: Database) throws {
        let inputs = run.recipe?.inputs.map(\.dataset) ?? (run.inputs ?? []).map(\.dataset)
        for namespace in Set((inputs + run.metrics.compactMap(\.dataset)).map(\.name.namespace)) {
            _ = try Namespaces.require(namespace, for: .readBytes, caller, db)
        }
    }

    private static func dataset(_ reference: VersionReference, _ db: Database) throws -> VersionRows.Version {
        try VersionRows.requirePresent(
            reference.selector, in: CollectionRows.require(.dataset, reference.name, db), db)
    }

    /// The metrics of a run, in their canonical order.
    static func metrics(of run: RunID?, _ db: Database) throws -> [Metric] {
        try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT metrics.name, step, class, value, versions.number, collections.name AS dataset,
                        namespaces.name AS namespace
                    FROM metrics
                    LEFT JOIN versions ON versions.id = dataset_version_id
                    LEFT JOIN collections ON collections.id = collection_id
                    LEFT JOIN namespaces ON namespaces.id = collections.namespace_id
                    WHERE metrics.run_id = ?
                    """), arguments: [run?.text]
        ).map { row in
            let dataset = try (row["number"] as Int?).map { number in
                VersionReference(
                    name: QualifiedName(
                        namespace: try ResourceName(row["namespace"] as String),
                        name: try ResourceName(row["dataset"] as String)), selector: .number(number))
            }
            return Metric(
                name: row["name"], step: row["step"], value: Metric.double(row["class"], row["value"]), dataset: dataset
            )
        }.sorted { $0.precedes($1) }
    }

    private static func insertMetrics(_ metrics: [Metric], run id: RunID, _ db: Database) throws {
        var datasets: [VersionReference: Int64] = [:]
        let statement = try db.cachedStatement(
            sql: """
                INSERT INTO metrics (run_id, name, step, dataset_version_id, class, value) VALUES (?, ?, ?, ?, ?, ?)
                """)
        for metric in metrics {
            var version: Int64 = 0
            if let reference = metric.dataset {
                version = try datasets[reference] ?? dataset(reference, db).id
                datasets[reference] = version
            }
            try statement.execute(arguments: [
                id.text, metric.name, metric.step, version, metric.class.rawValue, metric.value,
            ])
        }
    }
}
