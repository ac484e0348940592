import AuditLog
import Foundation
import GRDB
package import RegistryTypes

extension ModelRegistry {
    /// Makes the first administrator and its token, if nobody exists yet; otherwise returns nil.
    ///
    /// - Parameter keep: puts the token where its owner finds it; before the commit, so that it cannot get lost.
    package func bootstrap(
        keep: @escaping @Sendable (APIToken) throws -> Void = { _ in }
    ) async throws -> APIToken? {
        guard try await database.read({ try Int.fetchOne($0, sql: "SELECT count(*) FROM principals") }) == 0 else {
            return nil
        }
        let token = APIToken.random()
        let entry = AuditEntry("server.initialise", namespace: nil, object: "server")
        return try await write(.server, refusedAs: entry) { db, now in
            let id = "p_\(RunID(at: now))"
            try db.execute(sql: "INSERT INTO principals VALUES (?, 'person', ?)", arguments: [id, now])
            try db.execute(sql: "INSERT INTO principal_names VALUES (?, 'admin')", arguments: [id])
            try MembershipRows.begin(.admin, of: id, in: 0, by: Caller.server.principal, at: now, db)
            let record = TokenRecord(
                id: token.id, principal: PrincipalRecord(id: id, kind: .person, name: "admin"), label: "first start",
                createdAt: now, expiresAt: now + Int64(Self.longestTokenLife) * 86_400_000)
            try TokenRows.insert(record, secretHash: token.secretHash, db)
            try keep(token)
            return Written(token, entry)
        }
    }

    /// Finds out whose token this is; throws `unauthenticated` or `token-expired`.
    package func authenticate(_ text: String, requestID: String) async throws -> Caller {
        let unknown = RegistryError(.unauthenticated, "the token is not known to this server; `assay login` stores one")
        guard let token = APIToken(text) else { throw unknown }
        if token.id == embeddedWorkerToken.id, Self.isEqual(Data(embeddedWorkerToken.secretHash), token.secretHash) {
            return Caller(
                principal: Worker.embedded.principal, authentication: "token:\(token.id)", requestID: requestID)
        }
        let now = clock()
        let row = try await database.read { db in try TokenRows.find(token.id, db) }
        guard let row, Self.isEqual(row.secretHash, token.secretHash) else { throw unknown }
        guard row.revokedAt == nil, row.expiresAt > now else {
            throw RegistryError(.tokenExpired, "the token \(token) has expired or was revoked; ask for a new one")
        }
        tokenUses.note(token.id, at: now)
        return Caller(
            principal: row.principal, authentication: "token:\(token.id)", requestID: requestID, job: row.job,
            scopedToken: row.isScoped ? token.id : nil)
    }

    /// Compares in a time that does not depend on where the bytes differ.
    private static func isEqual(_ left: Data, _ right: [UInt8]) -> Bool {
        left.count == right.count && zip(left, right).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
    }
}
