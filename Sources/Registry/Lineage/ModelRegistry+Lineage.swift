import AuditLog
import Foundation
import GRDB
package import RegistryTypes

extension ModelRegistry {
    /// What something was made from (`up`), what was made from it (`down`), or both.
    ///
    /// Holds only what lies in namespaces that the caller may read, and is not followed through others. At most 1000
    /// nodes, the nearest first. A commit or image that no readable run names is `not-found`.
    package func lineage(
        of reference: Reference, _ direction: LineageGraph.Direction, as caller: Caller
    ) async throws -> LineageGraph {
        let refusal = AuditEntry("lineage.read", namespace: nil, object: reference.description)
        return try await read(caller, refusedAs: refusal) { db in
            var walk = LineageWalk(from: try Self.root(reference, caller, db), as: caller)
            if direction != .down { try walk.walk(LineageQuery.up, isUpward: true, db) }
            if direction != .up { try walk.walk(LineageQuery.down, isUpward: false, db) }
            return walk.graph
        }
    }

    private static func root(_ reference: Reference, _ caller: Caller, _ db: Database) throws -> LineageNode {
        switch reference {
        case .model(let version): return try root(version, .model, caller, db)
        case .dataset(let version): return try root(version, .dataset, caller, db)
        case .run(let id):
            return try root(reference, .run, "id = ?", id.text.databaseValue, caller, db)
        case .commit(let commit):
            return try root(reference, .commit, "source_commit = ?", commit.hex.databaseValue, caller, db)
        case .image(let digest):
            return try root(reference, .image, "image_digest = ?", Data(digest.bytes).databaseValue, caller, db)
        }
    }

    /// The newest readable run that fits stands for the run, commit or image.
    private static func root(
        _ reference: Reference, _ kind: LineageKey.Kind, _ condition: String, _ value: DatabaseValue,
        _ caller: Caller, _ db: Database
    ) throws -> LineageNode {
        let row = try Row.fetchOne(
            db.cachedStatement(
                sql: """
                    SELECT \(LineageNode.runColumns), source_commit, source_url, image_tag, image_digest FROM runs
                    WHERE \(condition) AND \(Authorization.condition(.readMetadata, "runs.namespace_id"))
                    ORDER BY id DESC LIMIT 1
                    """), arguments: [value, caller.holder])
        guard let row else { throw RegistryError.absent(reference.description) }
        switch kind {
        case .commit: return try LineageNode.commit(row)
        case .image: return try LineageNode.image(row)
        default: return try LineageNode.run(row)
        }
    }

    private static func root(
        _ reference: VersionReference, _ kind: CollectionKind, _ caller: Caller, _ db: Database
    ) throws -> LineageNode {
        let collection = try CollectionRows.require(kind, reference.name, for: .readMetadata, caller, db)
        let version = try VersionRows.require(reference.selector, in: collection, db)
        let row = try Row.fetchOne(
            db.cachedStatement(
                sql: """
                    SELECT \(LineageNode.versionColumns) FROM versions \(LineageNode.versionJoins) WHERE versions.id = ?
                    """), arguments: [version.id])
        guard let row else { throw RegistryError.absent("\(kind.rawValue) \(reference)") }
        return try LineageNode.version(row)
    }
}
