import Foundation
import GRDB
import RegistryTypes

/// The rows of retention rules: every one is kept, the last one of a place counts.
enum RetentionRows {
    /// A model or dataset with the rule that applies to it.
    struct Place: Sendable {
        let collection: Int64
        let kind: CollectionKind
        let name: QualifiedName
        let rule: RetentionRule
    }

    /// The last rule of a collection, or of a namespace for all its models; nil if there is none or it was ended.
    static func rule(ofNamespace namespace: Int64, collection: Int64?, _ db: Database) throws -> RetentionRule? {
        let row = try Row.fetchOne(
            db.cachedStatement(
                sql: """
                    SELECT keep_last, keep_days FROM retention_rules WHERE namespace_id = ? AND collection_id IS ?
                    ORDER BY id DESC LIMIT 1
                    """), arguments: [namespace, collection])
        let rule = row.map { RetentionRule(keepLast: $0["keep_last"], keepDays: $0["keep_days"]) }
        return rule == RetentionRule() ? nil : rule
    }

    /// The rule that applies to a collection: its own, or for a model that of its namespace.
    static func rule(
        for collection: Int64, _ kind: CollectionKind, namespace: Int64, _ db: Database
    ) throws -> RetentionRule? {
        try rule(ofNamespace: namespace, collection: collection, db)
            ?? (kind == .model ? rule(ofNamespace: namespace, collection: nil, db) : nil)
    }

    /// Every collection to which a rule applies, of one namespace or of all, by name.
    ///
    /// - Parameter trial: a rule that all models are taken to have, instead of theirs.
    static func places(in namespace: Int64?, trying trial: RetentionRule? = nil, _ db: Database) throws -> [Place] {
        let rows = try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT collections.id, kind, namespace_id, namespaces.name AS namespace, collections.name
                    FROM collections JOIN namespaces ON namespaces.id = namespace_id
                    WHERE \(namespace == nil ? "? IS NULL" : "namespace_id = ?")
                    ORDER BY namespaces.name, kind DESC, collections.name
                    """), arguments: [namespace])
        return try rows.compactMap { row in
            let kind: CollectionKind = try row.choice("kind")
            let rule =
                try kind == .model && trial != nil
                ? trial : Self.rule(for: row["id"], kind, namespace: row["namespace_id"], db)
            return try rule.map { Place(collection: row["id"], kind: kind, name: try row.qualifiedName(), rule: $0) }
        }
    }

    /// What a rule does with the versions of a collection, oldest first.
    static func decisions(at place: Place, now: Int64, _ db: Database) throws -> [RetentionDecision] {
        var arguments = VersionKeeper.arguments(place.rule, at: now)
        arguments["collection"] = place.collection
        return try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT number, digest, created_at, \(VersionKeeper.expression) AS reason FROM versions
                    WHERE collection_id = :collection AND \(VersionRows.isPresent("versions.id")) ORDER BY number
                    """), arguments: StatementArguments(arguments)
        ).map { row in
            let version = VersionReference(name: place.name, selector: .number(row["number"]))
            let reason: String? = row["reason"]
            return RetentionDecision(
                version: place.kind == .model ? .model(version) : .dataset(version), digest: try row.digest("digest"),
                createdAt: row["created_at"], outcome: reason == nil ? .removed : .kept, reason: reason ?? "expired")
        }
    }

    /// Sets a rule; one without numbers ends it.
    static func insert(
        _ rule: RetentionRule, namespace: Int64, collection: Int64?, by principal: String, at now: Int64, _ db: Database
    ) throws {
        try db.execute(
            sql: """
                INSERT INTO retention_rules (namespace_id, collection_id, keep_last, keep_days, set_at, set_by)
                VALUES (?, ?, ?, ?, ?, ?)
                """, arguments: [namespace, collection, rule.keepLast, rule.keepDays, now, principal])
    }

    /// The rules of a namespace that are in force, its own first.
    static func inForce(in namespace: Int64, _ db: Database) throws -> [RetentionRecord] {
        try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT keep_last, keep_days, set_at, collections.kind, collections.name, \(PrincipalRecord.columns)
                    FROM retention_rules AS rule LEFT JOIN collections ON collections.id = collection_id
                    \(PrincipalRecord.join("rule.set_by"))
                    WHERE rule.namespace_id = ? AND coalesce(keep_last, keep_days) IS NOT NULL
                        AND rule.id = (SELECT max(id) FROM retention_rules AS newer
                            WHERE newer.namespace_id = rule.namespace_id AND newer.collection_id IS rule.collection_id)
                    ORDER BY collections.kind DESC NULLS FIRST, collections.name
                    """), arguments: [namespace]
        ).map { row in
            let name = try (row["name"] as String?).map { try ResourceName($0) }
            let kind = (row["kind"] as String?).flatMap(CollectionKind.init(rawValue:))
            return RetentionRecord(
                model: kind == .model ? name : nil, dataset: kind == .dataset ? name : nil,
                rule: RetentionRule(keepLast: row["keep_last"], keepDays: row["keep_days"]), setAt: row["set_at"],
                setBy: try PrincipalRecord(row: row))
        }
    }
}
