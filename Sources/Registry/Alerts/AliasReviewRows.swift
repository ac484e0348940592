import Foundation
import GRDB
import RegistryTypes

/// What policies say of the places of aliases that were moved under another one.
enum AliasReviewRows {
    /// Where an alias points, and the policy that guards it.
    struct Place: Sendable {
        let move: Int64
        let alias: Alias
        let collection: CollectionRows.Collection
        let version: VersionRows.Version
        let policy: PolicyRows.Policy
        /// What the alias was moved by; nil without a policy.
        let decision: Digest?
    }

    /// Every alias of a model that a policy guards, with that policy's digest.
    private static let guarded = """
        (SELECT aliases.id AS move, aliases.alias, aliases.version_id, alias_moves.decision, collections.id AS collection,
            collections.namespace_id, collections.name, namespaces.name AS namespace,
            coalesce(\(PolicyRows.digest(ofAlias: "aliases.alias")), iif(aliases.alias = '\(Alias.production)', ?, NULL))
                AS policy
         FROM aliases JOIN alias_moves ON alias_moves.id = aliases.id
         JOIN collections ON collections.id = aliases.collection_id
         JOIN namespaces ON namespaces.id = collections.namespace_id
         WHERE collections.kind = 'model')
        """

    private static func builtIn() throws -> Data { Data(try PolicyDocument.builtIn.digest().bytes) }

    /// Places at which nobody looked under the present policy.
    static func unseen(limit: Int, _ db: Database) throws -> [Place] {
        try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT place.* FROM \(guarded) AS place
                    WHERE place.policy IS NOT NULL
                        AND NOT EXISTS (SELECT 1 FROM alias_reviews
                                        WHERE move_id = place.move AND alias_reviews.policy = place.policy)
                    ORDER BY place.move LIMIT ?
                    """), arguments: [builtIn(), limit]
        ).map { try place($0, db) }
    }

    /// The rules of the present policy that do not hold for a place; comparisons are not asked for, since the alias stays.
    static func failures(at place: Place, _ time: Int64, _ db: Database) throws -> [String] {
        let facts = try PolicyFacts.gather(
            place.version, of: place.collection, for: place.alias, at: time, isRollback: true, db)
        return PolicyDecision(place.policy.document, facts).answers.filter { !$0.passed }.map(\.rule)
    }

    /// Whether the alias was moved under the present policy, which then has nothing to add.
    static func isDecided(_ place: Place, _ db: Database) throws -> Bool {
        guard let digest = place.decision else { return place.policy.document == .builtIn }
        let bytes = try Data.fetchOne(
            db.cachedStatement(sql: "SELECT document FROM policy_decisions WHERE digest = ?"),
            arguments: [Data(digest.bytes)])
        return try bytes.map { try JSONDecoder().decode(PolicyDecision.self, from: $0) }?.policy
            == place.policy.document
    }

    /// Notes what was found; returns whether nobody had looked.
    @discardableResult
    static func note(_ place: Place, failures: [String], at now: Int64, _ db: Database) throws -> Bool {
        try db.execute(
            sql: """
                INSERT INTO alias_reviews (move_id, policy, version_id, failures, reviewed_at) VALUES (?, ?, ?, ?, ?)
                ON CONFLICT DO NOTHING
                """,
            arguments: [
                place.move, Data(place.policy.digest.bytes), place.version.id,
                String(decoding: try StrictJSON.encode(failures), as: UTF8.self), now,
            ])
        return db.changesCount > 0
    }

    /// The alerts of versions, by version, that are still right: few, so that each is looked at anew.
    static func alerts(of versions: [Int64], at time: Int64, _ db: Database) throws -> [Int64: [AlertRecord]] {
        let rows = try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT place.*, reviewed_at
                    FROM alias_reviews AS review
                    CROSS JOIN \(guarded) AS place ON place.move = review.move_id AND place.policy = review.policy
                    WHERE review.version_id IN (SELECT value FROM json_each(?)) AND failures <> '[]' ORDER BY place.alias
                    """), arguments: [builtIn(), versions.json])
        var alerts: [Int64: [AlertRecord]] = [:]
        for row in rows {
            let place = try Self.place(row, db)
            let failures = try Self.failures(at: place, time, db)
            guard !failures.isEmpty else { continue }
            alerts[place.version.id, default: []].append(
                AlertRecord(
                    kind: .aliasOutOfPolicy, since: row["reviewed_at"], alias: place.alias, rules: failures))
        }
        return alerts
    }

    private static func place(_ row: Row, _ db: Database) throws -> Place {
        let digest = try row.digest("policy")
        let builtIn = PolicyRows.Policy(document: .builtIn, digest: try PolicyDocument.builtIn.digest())
        return Place(
            move: row["move"], alias: try Alias(row["alias"] as String),
            collection: CollectionRows.Collection(
                id: row["collection"], namespace: row["namespace_id"], name: try row.qualifiedName()),
            version: try VersionRows.require(row: row["version_id"], db),
            policy: digest == builtIn.digest ? builtIn : try PolicyRows.require(digest, db),
            decision: try row.optionalDigest("decision"))
    }
}
