import Foundation
import GRDB
import RegistryTypes

/// The rows of policies: every one is kept, the last one of a place counts.
enum PolicyRows {
    /// A policy and the digest that names it.
    struct Policy: Sendable {
        let document: PolicyDocument
        let digest: Digest
    }

    /// Sets the policy of a place; one without a document ends it.
    static func insert(
        _ request: SetPolicy, namespace: Int64, collection: Int64?, by principal: String, at now: Int64, _ db: Database
    ) throws -> Digest? {
        let digest = try request.policy.map { policy in
            let bytes = try policy.canonicalJSON()
            let digest = Digest.of(bytes)
            try db.execute(
                sql: "INSERT INTO policy_documents (digest, document) VALUES (?, ?) ON CONFLICT DO NOTHING",
                arguments: [Data(digest.bytes), bytes])
            return digest
        }
        try db.execute(
            sql: """
                INSERT INTO policies (namespace_id, collection_id, alias, policy, set_at, set_by)
                VALUES (?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                namespace, collection, request.alias?.text, digest.map { Data($0.bytes) }, now, principal,
            ])
        return digest
    }

    /// The policy that guards an alias of a model: its own, the one of that alias in the namespace, and for protected
    /// aliases the one of the namespace, else one approval; nil for an alias that nothing guards.
    static func guarding(
        _ alias: Alias, of collection: CollectionRows.Collection, _ db: Database
    ) throws -> Policy? {
        let query = "SELECT policy FROM policies WHERE namespace_id = ? AND"
        var places: [(String, StatementArguments)] = [
            ("collection_id = ? AND alias = ?", [collection.id, alias.text]),
            ("collection_id IS NULL AND alias = ?", [alias.text]),
        ]
        if alias.isProtected { places.append(("collection_id IS NULL AND alias IS NULL", [])) }
        for (place, arguments) in places {
            let row = try Row.fetchOne(
                db.cachedStatement(sql: "\(query) \(place) ORDER BY id DESC LIMIT 1"),
                arguments: [collection.namespace] + arguments)
            if let digest = try row?.optionalDigest("policy") { return try require(digest, db) }
        }
        guard alias.isProtected else { return nil }
        return Policy(document: .builtIn, digest: try PolicyDocument.builtIn.digest())
    }

    /// The same for the alias in a column of a query with `collections`: the digest of the policy that somebody set, or
    /// NULL.
    static func digest(ofAlias column: String) -> String {
        let query = "SELECT policy FROM policies WHERE namespace_id = collections.namespace_id AND collection_id"
        let last = "ORDER BY policies.id DESC LIMIT 1"
        return """
            coalesce(
                (\(query) = collections.id AND alias = \(column) \(last)),
                (\(query) IS NULL AND alias = \(column) \(last)),
                (\(query) IS NULL AND alias IS NULL AND \(column) = '\(Alias.production)' \(last)))
            """
    }

    /// The policies of digests, by digest.
    static func documents(_ digests: Set<Digest>, _ db: Database) throws -> [Digest: PolicyDocument] {
        let rows = try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT digest, document FROM policy_documents
                    WHERE digest IN (\(databaseQuestionMarks(count: digests.count)))
                    """), arguments: StatementArguments(digests.map { Data($0.bytes) }))
        return Dictionary(
            uniqueKeysWithValues: try rows.map { row in
                (try row.digest("digest"), try JSONDecoder().decode(PolicyDocument.self, from: row["document"] as Data))
            })
    }

    /// The digests of the policies that guard the aliases of a model, by alias.
    static func guarding(_ collection: CollectionRows.Collection, _ db: Database) throws -> [String: Digest] {
        let aliases = try String.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT DISTINCT alias FROM policies
                    WHERE namespace_id = ? AND alias IS NOT NULL AND (collection_id = ? OR collection_id IS NULL)
                    """), arguments: [collection.namespace, collection.id])
        var digests: [String: Digest] = [:]
        for alias in Set(aliases + [Alias.production]) {
            digests[alias] = try guarding(try Alias(alias), of: collection, db)?.digest
        }
        return digests
    }

    /// The policy of a digest.
    static func require(_ digest: Digest, _ db: Database) throws -> Policy {
        let bytes = try Data.fetchOne(
            db.cachedStatement(sql: "SELECT document FROM policy_documents WHERE digest = ?"),
            arguments: [Data(digest.bytes)])
        guard let bytes else { throw RegistryError(.internalError, "the policy \(digest) is not there") }
        return Policy(document: try JSONDecoder().decode(PolicyDocument.self, from: bytes), digest: digest)
    }

    private static let query = """
        SELECT policies.id, namespaces.name AS namespace, collections.name, alias, policy, document, set_at,
            \(PrincipalRecord.columns)
        FROM policies JOIN namespaces ON namespaces.id = policies.namespace_id
        LEFT JOIN collections ON collections.id = collection_id
        LEFT JOIN policy_documents ON policy_documents.digest = policy
        \(PrincipalRecord.join("policies.set_by"))
        """

    /// The policies of a namespace that are in force, its own first.
    static func inForce(in namespace: Int64, _ db: Database) throws -> [Row] {
        try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    \(query)
                    WHERE policies.namespace_id = ? AND policy IS NOT NULL
                        AND policies.id = (SELECT max(id) FROM policies AS newer
                                           WHERE newer.namespace_id = policies.namespace_id
                                               AND newer.collection_id IS policies.collection_id
                                               AND newer.alias IS policies.alias)
                    ORDER BY collections.name NULLS FIRST, alias NULLS FIRST
                    """), arguments: [namespace])
    }

    /// The policies that were ever set in a namespace, before one of them, newest first.
    static func history(in namespace: Int64, before id: Int64?, limit: Int, _ db: Database) throws -> [Row] {
        try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    \(query) WHERE policies.namespace_id = ? AND policies.id < ? ORDER BY policies.id DESC LIMIT ?
                    """), arguments: [namespace, id ?? .max, limit])
    }
}

extension PolicyRecord {
    /// Reads rows of `PolicyRows`, with the names of all principals at once.
    static func read(_ rows: [Row], _ db: Database) throws -> [PolicyRecord] {
        var records = try rows.map { row in
            let document = row["document"] as Data?
            return PolicyRecord(
                namespace: try ResourceName(row["namespace"] as String),
                model: try (row["name"] as String?).map { try ResourceName($0) },
                alias: try (row["alias"] as String?).map { try Alias($0) }, digest: try row.optionalDigest("policy"),
                policy: try document.map { try JSONDecoder().decode(PolicyDocument.self, from: $0) }, names: [:],
                setAt: row["set_at"], setBy: try PrincipalRecord(row: row))
        }
        let names = try PrincipalRows.names(of: Set(records.flatMap { $0.policy?.principals ?? [] }), db)
        for index in records.indices {
            records[index].names = names.filter { records[index].policy?.principals.contains($0.key) == true }
        }
        return records
    }
}

extension PolicyDocument {
    /// The principals that its groups hold.
    var principals: Set<String> {
        Set((groups ?? [:]).values.joined().filter { !$0.hasPrefix(Self.groupPrefix) })
    }
}
