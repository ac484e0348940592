import AuditLog
import GRDB
package import RegistryTypes

extension ModelRegistry {
    /// Finds out whose certificate this is by the names in it; throws `unauthenticated` if it is nobody's or several
    /// principals'.
    package func authenticate(certificateNames names: [String], requestID: String) async throws -> Caller {
        let found = try await database.read { db in
            try String.fetchSet(
                db,
                sql: """
                    SELECT principal_id FROM certificate_names WHERE name IN (\(databaseQuestionMarks(count: names.count)))
                    """, arguments: StatementArguments(names))
        }
        guard let principal = found.first, found.count == 1 else {
            throw RegistryError(
                .unauthenticated,
                "the client's certificate is known to this server by none of its names, or by those of several principals; "
                    + "`assay identity certificate add` says whose it is")
        }
        return Caller(principal: principal, authentication: "certificate", requestID: requestID)
    }

    /// Says whose certificates carry a name; for server-wide administrators.
    ///
    /// Throws `not-found` for a principal that does not exist, `conflict` for a worker, `already-exists`.
    package func createCertificateName(
        _ request: CreateCertificateName, as caller: Caller
    ) async throws -> CertificateNameRecord {
        try request.check()
        let refusal = AuditEntry("certificate-name.create", namespace: nil, object: "certificate:\(request.name)")
        return try await write(caller, refusedAs: refusal) { db, now in
            try Authorization.require(.administer, caller, namespace: 0, db)
            guard let principal = try PrincipalRecord.find(named: request.principal, db) else {
                throw RegistryError(
                    .notFound,
                    "nobody is called \"\(request.principal)\"; make a token for them first, with "
                        + "`assay token create`")
            }
            try WorkerRows.requireNone(principal.id, db)
            try db.execute(
                sql: """
                    INSERT INTO certificate_names (name, principal_id, created_at, created_by) VALUES (?, ?, ?, ?)
                    ON CONFLICT DO NOTHING
                    """, arguments: [request.name, principal.id, now, caller.principal])
            guard db.changesCount == 1 else {
                throw RegistryError(.alreadyExists, "\(request.name) is somebody's already; remove it to replace it")
            }
            var entry = refusal
            entry.after = ["principal": .string(principal.id)]
            return Written(
                CertificateNameRecord(name: request.name, principal: principal, createdAt: now), entry)
        }
    }

    /// The names in certificates that are somebody's; for server-wide administrators.
    package func certificateNames(_ page: PageRequest, as caller: Caller) async throws -> Page<CertificateNameRecord> {
        let refusal = AuditEntry("certificate-name.list", namespace: nil, object: "server")
        return try await read(caller, refusedAs: refusal) { db in
            try Authorization.require(.administer, caller, namespace: 0, db)
            let list = "certificate-names"
            let rows = try Row.fetchAll(
                db.cachedStatement(
                    sql: """
                        SELECT certificate_names.name AS certificate_name, certificate_names.created_at AS named_at,
                            \(PrincipalRecord.columns)
                        FROM certificate_names \(PrincipalRecord.join("certificate_names.principal_id"))
                        WHERE certificate_names.name > ? ORDER BY certificate_names.name LIMIT ?
                        """), arguments: [try page.key(in: list)?[0] ?? "", page.fetchLimit])
            return try Page(rows, page, list: list, key: { [$0["certificate_name"]] }) { row in
                CertificateNameRecord(
                    name: row["certificate_name"], principal: try PrincipalRecord(row: row), createdAt: row["named_at"])
            }
        }
    }

    /// Ends that a name in a certificate is somebody's, at once.
    package func removeCertificateName(_ name: String, as caller: Caller) async throws {
        let entry = AuditEntry(
            "certificate-name.remove", namespace: nil,
            object: "certificate:\(name.prefix(CreateCertificateName.longest))")
        try await write(caller, refusedAs: entry) { db, _ in
            try Authorization.require(.administer, caller, namespace: 0, db)
            try db.execute(sql: "DELETE FROM certificate_names WHERE name = ?", arguments: [name])
            guard db.changesCount == 1 else {
                throw RegistryError(
                    .notFound, "\(name.prefix(200)) is nobody's; `assay identity certificate list` shows the names")
            }
            return Written((), entry)
        }
    }
}
