import AuditLog
import GRDB
package import RegistryTypes

extension ModelRegistry {
    /// The most versions that a test of rules lists.
    private static let longestTest = 10_000

    /// Sets the rule of all models of a namespace, or of one model or dataset; one without numbers ends it.
    package func setRetention(
        _ request: SetRetention, in namespace: ResourceName, as caller: Caller
    ) async throws -> [RetentionRecord] {
        try request.rule.check()
        let (kind, name) = try Self.target(of: request, in: namespace)
        let object = name.map { "\(kind.rawValue):\($0)" } ?? "namespace:\(namespace)"
        let refusal = AuditEntry("retention.set", namespace: namespace.text, object: object)
        return try await writeOnce(caller, refusedAs: refusal) { db, now in
            let id = try Namespaces.require(namespace, for: .administer, caller, db)
            let collection = try name.map { try CollectionRows.require(kind, $0, db).id }
            let before = try RetentionRows.rule(ofNamespace: id, collection: collection, db)
            try RetentionRows.insert(
                request.rule, namespace: id, collection: collection, by: caller.principal, at: now, db)
            var entry = refusal
            entry.before = before?.entryValue ?? .null
            entry.after = request.rule.entryValue
            return Written(try RetentionRows.inForce(in: id, db), entry)
        }
    }

    private static func target(
        of request: SetRetention, in namespace: ResourceName
    ) throws -> (CollectionKind, QualifiedName?) {
        switch (request.model, request.dataset) {
        case (let model, nil): return (.model, model.map { QualifiedName(namespace: namespace, name: $0) })
        case (nil, let dataset?): return (.dataset, QualifiedName(namespace: namespace, name: dataset))
        case (_?, _?): throw RegistryError(.invalidRequest, "a rule is for a model or a dataset, not for both")
        }
    }

    /// The rules of a namespace that are in force.
    package func retention(in namespace: ResourceName, as caller: Caller) async throws -> [RetentionRecord] {
        let refusal = AuditEntry("retention.show", namespace: namespace.text, object: "namespace:\(namespace)")
        return try await read(caller, refusedAs: refusal) { db in
            try RetentionRows.inForce(in: Namespaces.require(namespace, for: .readMetadata, caller, db), db)
        }
    }

    /// What the rules of a namespace would do with its versions now, or what another rule for all its models would.
    package func testRetention(
        _ request: TestRetention, in namespace: ResourceName, as caller: Caller
    ) async throws -> RetentionReport {
        try request.rule?.check()
        let refusal = AuditEntry("retention.test", namespace: namespace.text, object: "namespace:\(namespace)")
        let now = clock()
        return try await read(caller, refusedAs: refusal) { db in
            let id = try Namespaces.require(namespace, for: .readMetadata, caller, db)
            let time = try CollectionClock.time(at: now, db)
            var decisions: [RetentionDecision] = []
            for place in try RetentionRows.places(in: id, trying: request.rule, db)
            where decisions.count <= Self.longestTest {
                decisions += try RetentionRows.decisions(at: place, now: time, db)
            }
            return RetentionReport(
                items: Array(decisions.prefix(Self.longestTest)), truncated: decisions.count > Self.longestTest)
        }
    }
}

extension RetentionRule {
    /// Throws `invalid-request` for numbers that keep nothing, or more than there can be.
    fileprivate func check() throws {
        guard (1...10_000).contains(keepLast ?? 1) else {
            throw RegistryError(.invalidRequest, "keepLast is a number of versions from 1 to 10000")
        }
        guard (1...36_500).contains(keepDays ?? 1) else {
            throw RegistryError(.invalidRequest, "keepDays is a number of days from 1 to 36500")
        }
    }
}
