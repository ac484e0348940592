import AuditLog
import GRDB
package import RegistryTypes

extension ModelRegistry {
    /// Holds a version: nobody can remove it until two persons have lifted the hold (invariant I21).
    package func placeHold(
        _ request: PlaceHold, on reference: VersionReference, kind: CollectionKind, as caller: Caller
    ) async throws -> HoldRecord {
        guard (1...1000).contains(request.reason.count), !request.reason.unicodeScalars.contains("\0") else {
            throw RegistryError(
                .invalidRequest, "say why the version is held, in 1 to 1000 characters, none of them NUL")
        }
        let id = RunID(at: clock())
        var refusal = AuditEntry(
            "hold.place", namespace: reference.name.namespace.text, object: "\(kind.rawValue):\(reference)")
        refusal.after = ["hold": .string(id.text), "reason": .string(request.reason)]
        return try await writeOnce(caller, refusedAs: refusal) { [refusal] db, now in
            let collection = try CollectionRows.require(kind, reference.name, for: .administer, caller, db)
            let version = try VersionRows.requirePresent(reference.selector, in: collection, db)
            try HoldRows.insert(id, on: version.id, reason: request.reason, by: caller.principal, at: now, db)
            var entry = refusal
            entry.object = "\(kind.rawValue):\(collection.name):\(version.number)"
            entry.digest = version.digest
            return Written(try HoldRows.require(id, for: .administer, caller, db).record, entry)
        }
    }

    /// Asks for the end of a hold, or confirms it where another person asked for it before.
    ///
    /// Throws `four-eyes` where the same person would do both, or where a service would do either.
    package func liftHold(_ id: RunID, as caller: Caller) async throws -> HoldRecord {
        let refusal = AuditEntry("hold.lift", namespace: nil, object: "hold:\(id)")
        return try await writeOnce(caller, refusedAs: refusal) { db, now in
            let hold = try HoldRows.require(id, for: .administer, caller, db).record
            guard hold.lifted == nil else { throw RegistryError(.conflict, "the hold \(id) is lifted already") }
            guard try PrincipalRecord.fetch(caller.principal, db).kind == .person else {
                throw RegistryError(.fourEyes, "two persons lift a hold; this token is not one of a person")
            }
            guard hold.liftAsked?.by.id != caller.principal else {
                throw RegistryError(.fourEyes, "you asked for the end of the hold; another person must confirm it")
            }
            let isConfirmed = hold.liftAsked != nil
            try HoldRows.lift(id, isConfirmed: isConfirmed, by: caller.principal, at: now, db)
            let entry = AuditEntry(
                isConfirmed ? "hold.lift" : "hold.ask-lift", namespace: hold.version.namespace, object: "hold:\(id)",
                digest: hold.digest)
            return Written(try HoldRows.require(id, for: .administer, caller, db).record, entry)
        }
    }

    /// The holds of a namespace, newest first, those that were lifted included.
    package func holds(
        in namespace: ResourceName, _ page: PageRequest, as caller: Caller
    ) async throws -> Page<HoldRecord> {
        let refusal = AuditEntry("hold.list", namespace: namespace.text, object: "namespace:\(namespace)")
        return try await read(caller, refusedAs: refusal) { db in
            let id = try Namespaces.require(namespace, for: .readMetadata, caller, db)
            let list = "holds"
            let holds = try HoldRows.all(in: id, before: page.key(in: list)?[0], limit: page.fetchLimit, db)
            return Page(holds, page, list: list, key: { [$0.id.text] }, item: \.self)
        }
    }
}

extension Reference {
    /// The namespace of a version, or nil.
    fileprivate var namespace: String? {
        switch self {
        case .model(let version), .dataset(let version): version.name.namespace.text
        case .run, .commit, .image: nil
        }
    }
}
