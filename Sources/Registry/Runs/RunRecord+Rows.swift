import Foundation
import GRDB
import RegistryTypes

extension RunRecord {
    private static let query = """
        SELECT runs.*, owner.name AS owner, recipes.document AS recipe_document, \(PrincipalRecord.columns),
            namespaces.name AS namespace, collections.name, versions.number
        FROM runs
        JOIN namespaces AS owner ON owner.id = runs.namespace_id
        \(PrincipalRecord.join("runs.created_by"))
        LEFT JOIN recipes ON recipes.digest = runs.recipe
        LEFT JOIN versions ON versions.id = coalesce(
            (SELECT produced.id FROM versions AS produced WHERE produced.run_id = runs.id), runs.subject_version_id)
        LEFT JOIN collections ON collections.id = versions.collection_id
        LEFT JOIN namespaces ON namespaces.id = collections.namespace_id
        WHERE runs.id = ?
        """

    /// A run with its inputs and metrics.
    static func fetch(_ id: RunID, _ db: Database) throws -> RunRecord {
        guard let row = try Row.fetchOne(db.cachedStatement(sql: query), arguments: [id.text]) else {
            throw RegistryError.absent("run \(id)")
        }
        let version = try (row["number"] as Int?).map {
            VersionReference(name: try row.qualifiedName(), selector: .number($0))
        }
        return RunRecord(
            id: id, namespace: try ResourceName(row["owner"] as String), kind: try row.choice("kind"),
            state: try row.choice("state"), createdAt: row["created_at"], createdBy: try PrincipalRecord(row: row),
            recipe: try (row["recipe_document"] as Data?).map { try JSONDecoder().decode(Recipe.self, from: $0) },
            recipeDigest: try row.optionalDigest("recipe"), source: try source(row),
            sourceIncomplete: try row.document("source_incomplete"), inputs: try inputs(of: id, db),
            image: try image(row), metrics: try RunRows.metrics(of: id, db), facts: try row.document("facts"),
            log: try row.optionalDigest("log"), version: version)
    }

    private static func source(_ row: Row) throws -> Recipe.Source? {
        guard let commit = row["source_commit"] as String? else { return nil }
        return Recipe.Source(
            url: row["source_url"], commit: try GitCommit(commit), subfolder: row["source_subfolder"] ?? "",
            bundle: try row.digest("source_bundle"), patch: try row.optionalDigest("source_patch"))
    }

    private static func image(_ row: Row) throws -> ContainerImage? {
        guard let tag = row["image_tag"] as String? else { return nil }
        return try ContainerImage("\(tag)@\(row.digest("image_digest"))")
    }

    private static func inputs(of run: RunID, _ db: Database) throws -> [RunInput] {
        try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT run_inputs.name AS input, phase, namespaces.name AS namespace, collections.name, number
                    FROM run_inputs
                    JOIN versions ON versions.id = version_id
                    JOIN collections ON collections.id = collection_id
                    JOIN namespaces ON namespaces.id = namespace_id
                    WHERE run_inputs.run_id = ? ORDER BY run_inputs.name
                    """), arguments: [run.text]
        ).map { row in
            RunInput(
                name: row["input"], phase: try row.choice("phase"),
                dataset: VersionReference(name: try row.qualifiedName(), selector: .number(row["number"])))
        }
    }
}
