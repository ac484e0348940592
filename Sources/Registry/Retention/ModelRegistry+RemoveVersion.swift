import AuditLog
import GRDB
package import RegistryTypes

extension ModelRegistry {
    /// Removes a version: its record stays for ever, its bytes are no longer served, its number is never given again.
    ///
    /// Throws `policy-violated` as long as anything in `VersionKeeper.all` keeps it (invariant I21). A version that is
    /// gone already is not removed again.
    package func removeVersion(
        _ reference: VersionReference, kind: CollectionKind, as caller: Caller
    ) async throws -> VersionSummary {
        let entry = AuditEntry(
            "version.remove", namespace: reference.name.namespace.text, object: "\(kind.rawValue):\(reference)")
        switch reference.selector {
        case .number, .digest: break
        case .alias, .latest:
            throw RegistryError(
                .invalidReference, "name the version to remove by its number or digest, not as \(reference.selector)")
        }
        return try await write(caller, refusedAs: entry) { db, now in
            let collection = try CollectionRows.require(kind, reference.name, for: .administer, caller, db)
            let version = try VersionRows.require(reference.selector, in: collection, db)
            if try RemovalRows.isRemoved(version.id, db) {
                return Written(unchanged: try VersionSummary.fetch(version.id, db))
            }
            let rule = try RetentionRows.rule(for: collection.id, kind, namespace: collection.namespace, db)
            try VersionKeeper.requireNone(
                of: version, in: collection, rule, at: CollectionClock.time(at: now, db), db)
            try RemovalRows.insert(version.id, by: caller.principal, at: now, db)
            var entry = entry
            entry.object = "\(kind.rawValue):\(collection.name):\(version.number)"
            entry.digest = version.digest
            return Written(try VersionSummary.fetch(version.id, db), entry)
        }
    }

    /// Removes a version for which a retention rule has nothing left; tells whether that is still so.
    func removeExpired(_ version: VersionReference, kind: CollectionKind) async throws -> Bool {
        let entry = AuditEntry(
            "version.remove", namespace: version.name.namespace.text, object: "\(kind.rawValue):\(version)")
        return try await write(.server, refusedAs: entry) { db, now in
            let collection = try CollectionRows.require(kind, version.name, db)
            let found = try VersionRows.require(version.selector, in: collection, db)
            let rule = try RetentionRows.rule(for: collection.id, kind, namespace: collection.namespace, db)
            guard let rule, try !RemovalRows.isRemoved(found.id, db) else { return Written(unchanged: false) }
            do {
                try VersionKeeper.requireNone(
                    of: found, in: collection, rule, at: CollectionClock.time(at: now, db), db)
            } catch let error as RegistryError where error.code == .policyViolated {
                return Written(unchanged: false)
            }
            try RemovalRows.insert(found.id, by: nil, at: now, db)
            var entry = entry
            entry.digest = found.digest
            entry.after = rule.entryValue
            return Written(true, entry)
        }
    }
}

extension RetentionRule {
    /// The rule as it stands in an audit entry.
    var entryValue: JSONValue {
        ["keepLast": keepLast.map { .integer($0) } ?? .null, "keepDays": keepDays.map { .integer($0) } ?? .null]
    }
}
