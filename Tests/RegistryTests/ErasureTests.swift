import Foundation
import GRDB
import Registry
import RegistryTypes
import Testing

/// Personal data goes for good; the log and the history stay as they are.
@Suite struct ErasureTests {
    private static let comment = "Ann thinks that Bob's model is fine"

    private func commented() async throws -> (TestRegistry, VersionSummary) {
        let test = try await TestRegistry()
        let version = try await test.push("demo/model", text: "w")
        _ = try await test.registry.decide(
            DecideVersion(decision: .approve, digest: version.digest, comment: Self.comment),
            about: VersionReference("demo/model:1"), as: test.approver)
        return (test, version)
    }

    private func entries(_ test: TestRegistry) async throws -> [AuditRecord] {
        try await test.registry.auditLog(of: nil, PageRequest(limit: 1000), as: test.admin).items
    }

    @Test func theLogHoldsACommitmentThatCanBeChecked() async throws {
        let (test, _) = try await commented()
        let approval = try await entries(test).first { $0.entry["action"]?.string == "version.approve" }
        let entry = try #require(approval)
        let commitment = try Digest(try #require(entry.entry["after"]?["comment"]?["commitment"]?.string))
        let queue = try DatabaseQueue(path: test.folder + "/meta.db")
        let (salt, text) = try await queue.read { db in
            (
                try Data.fetchOne(db, sql: "SELECT salt FROM comments"),
                try String.fetchOne(db, sql: "SELECT text FROM comments")
            )
        }
        try queue.close()
        #expect(text == Self.comment)
        #expect(Digest.of((salt ?? Data()) + Data((text ?? "").utf8)) == commitment)
        let log = String(decoding: try StrictJSON.encode(try await entries(test).map(\.entry)), as: UTF8.self)
        #expect(!log.contains("thinks"))
    }

    @Test func nameAndCommentsGoAndTheLogStays() async throws {
        let (test, _) = try await commented()
        let before = try await entries(test)
        #expect(
            try await test.registry.version(VersionReference("demo/model:1"), kind: .model, as: test.admin)
                .approvals?.first?.comment == Self.comment)
        await expectError(.forbidden) {
            _ = try await test.registry.erasePrincipal("ann", as: test.caller("local", [.admin]))
        }
        await expectError(.notFound) { _ = try await test.registry.erasePrincipal("nobody", as: test.admin) }
        await expectError(.conflict) { _ = try await test.registry.erasePrincipal("admin", as: test.admin) }
        let erased = try await test.registry.erasePrincipal("ann", as: test.admin)
        #expect(erased.id == test.approver.principal && erased.name == erased.id)
        let record = try await test.registry.version(VersionReference("demo/model:1"), kind: .model, as: test.admin)
        let approval = try #require(record.approvals?.first)
        #expect(approval.comment == nil && approval.principal.name == test.approver.principal)
        #expect(record.summary.approval == .approved)
        // What was in the log is there still, byte by byte.
        let after = try await entries(test)
        #expect(after.prefix(before.count).map(\.leaf) == before.map(\.leaf))
        #expect(after.last?.entry["action"]?.string == "principal.erase")
        #expect(!String(decoding: try StrictJSON.encode(after.map(\.entry)), as: UTF8.self).contains("\"ann\""))
        // Nothing of it is in the file any more, and no name comes back to the id.
        let queue = try DatabaseQueue(path: test.folder + "/meta.db")
        try await queue.writeWithoutTransaction { try $0.execute(sql: "PRAGMA wal_checkpoint(TRUNCATE)") }
        try queue.close()
        let file = try Data(contentsOf: URL(filePath: test.folder + "/meta.db"))
        #expect(file.range(of: Data(Self.comment.utf8)) == nil)
        await #expect(throws: DatabaseError.self) {
            try await test.execute(
                "INSERT INTO principal_names VALUES (?, 'ann')", [test.approver.principal])
        }
        // Whoever is called so next is somebody else.
        #expect(try await test.caller("ann", [.approver]).principal != test.approver.principal)
    }

    @Test func tokensAndRolesEndWithIt() async throws {
        let (test, version) = try await commented()
        _ = try await test.registry.erasePrincipal("ann", as: test.admin)
        await expectError(.notFound) {
            _ = try await test.registry.decide(
                DecideVersion(decision: .withdraw, digest: version.digest),
                about: VersionReference("demo/model:1"), as: test.approver)
        }
        let open = try await test.fetch(
            "SELECT count(*) FROM tokens WHERE principal_id = ? AND revoked_at IS NULL", [test.approver.principal])
        #expect(open == 0)
    }
}
