import AuditLog
import GRDB
package import RegistryTypes

extension ModelRegistry {
    /// The members of a namespace and their roles there, also at a time; server-wide roles are not listed.
    ///
    /// Of the time before roles had a history, those are known that were still held when it began.
    package func members(
        of namespace: ResourceName, _ page: PageRequest, as caller: Caller
    ) async throws -> Page<MemberRecord> {
        let refusal = AuditEntry("member.list", namespace: namespace.text, object: "namespace:\(namespace)")
        return try await read(caller, refusedAs: refusal) { db in
            let id = try Namespaces.require(namespace, for: .administer, caller, db)
            let list = "members"
            let rows = try MembershipRows.members(
                of: id, after: page.key(in: list)?[0] ?? "", limit: page.fetchLimit, db)
            return try Page(rows, page, list: list, key: { [$0["principal_id"]] }) { row in
                let roles = (row["roles"] as String).split(separator: " ").compactMap { Role(rawValue: String($0)) }
                return MemberRecord(principal: try PrincipalRecord(row: row), roles: roles.sorted())
            }
        }
    }

    /// Gives a principal exactly these roles in a namespace; none removes the member.
    ///
    /// Throws `not-found` for a name that nobody has, `conflict` if the caller would lock itself out.
    package func setMember(
        _ name: String, of namespace: ResourceName, to roles: [Role], as caller: Caller
    ) async throws -> MemberRecord {
        // Names are personal data and stay out of the log; the id is known only when the principal is found.
        let refusal = AuditEntry("member.set", namespace: namespace.text, object: "namespace:\(namespace)")
        return try await write(caller, refusedAs: refusal) { db, now in
            let id = try Namespaces.require(namespace, for: .administer, caller, db)
            guard let principal = try PrincipalRecord.find(named: name, db) else {
                throw RegistryError(
                    .notFound, "nobody is called \"\(name)\"; make a token for them first, with `assay token create`")
            }
            if !roles.isEmpty { try WorkerRows.requireNone(principal.id, db) }
            let wanted = Set(roles)
            if principal.id == caller.principal, !wanted.contains(.admin),
                try !Authorization.has(.administer, caller, namespace: 0, db)
            {
                throw RegistryError(
                    .conflict, "that would lock you out of \(namespace): ask another administrator to do it")
            }
            let before = try Self.roles(of: principal.id, in: id, db)
            try Self.replaceRoles(of: principal.id, in: id, before: before, after: wanted, by: caller, at: now, db)
            let entry = AuditEntry(
                "member.set", namespace: namespace.text, object: "member:\(principal.id)", before: .roles(before),
                after: .roles(wanted))
            return Written(MemberRecord(principal: principal, roles: wanted.sorted()), entry)
        }
    }

    private static func roles(of principal: String, in namespace: Int64, _ db: Database) throws -> Set<Role> {
        Set(
            try String.fetchAll(
                db.cachedStatement(sql: "SELECT role FROM memberships WHERE principal_id = ? AND namespace_id = ?"),
                arguments: [principal, namespace]
            ).compactMap(Role.init(rawValue:)))
    }

    /// Touches only the roles that change: the others keep the time they were granted at.
    private static func replaceRoles(
        of principal: String, in namespace: Int64, before: Set<Role>, after: Set<Role>, by caller: Caller,
        at now: Int64, _ db: Database
    ) throws {
        for role in before.subtracting(after) {
            try MembershipRows.end(role, of: principal, in: namespace, by: caller.principal, at: now, db)
        }
        for role in after.subtracting(before) {
            try MembershipRows.begin(role, of: principal, in: namespace, by: caller.principal, at: now, db)
        }
    }
}

extension JSONValue {
    /// Roles as they stand in an audit entry.
    fileprivate static func roles(_ roles: Set<Role>) -> JSONValue {
        .array(roles.sorted().map { .string($0.rawValue) })
    }
}
