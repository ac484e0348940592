import BlobStore
import Foundation
import GRDB
import Registry
import RegistryTypes
import Testing

/// Rows of versions, approvals and aliases that somebody wrote behind the server's back have no entry in the audit log.
@Suite struct ForgedHistoryTests {
    /// Changes rows with a connection of its own, on which triggers do not fire for what REPLACE takes away.
    private func alter(_ test: TestRegistry, _ sql: String, keepsTriggers: Bool = false) async throws {
        var configuration = Configuration()
        configuration.foreignKeysEnabled = false
        let queue = try DatabaseQueue(path: test.folder + "/meta.db", configuration: configuration)
        try await queue.write { db in
            let triggers = try String.fetchAll(db, sql: "SELECT name FROM sqlite_master WHERE type = 'trigger'")
            for name in keepsTriggers ? [] : triggers { try db.execute(sql: "DROP TRIGGER \(name)") }
            let before = db.totalChangesCount
            try db.execute(sql: sql)
            #expect(db.totalChangesCount > before, "\(sql)")
        }
        try queue.close()
    }

    /// Two versions of a model and one of a dataset, with decisions and aliases that went back and forth.
    private func registry() async throws -> TestRegistry {
        let test = try await TestRegistry()
        let first = try await test.push("demo/m", [try await test.file("w", Data("1".utf8))])
        let second = try await test.push("demo/m", [try await test.file("w", Data("2".utf8))])
        try await test.dataset("demo/data", "1,2,3")
        for decision in [Decision.approve, .withdraw, .approve] { try await test.decide(decision, first) }
        try await test.decide(.reject, second)
        let (name, boss) = (try QualifiedName("demo/m"), try await test.caller("boss", [.pusher, .approver]))
        for (alias, number) in [("staging", 1), ("staging", 2), ("staging", 2), ("old", 1), ("old", nil)] {
            _ = try await test.registry.moveAlias(Alias(alias), of: name, to: number, as: boss)
        }
        _ = try await test.registry.moveAlias(Alias("production"), of: name, to: 1, as: boss)
        _ = try await test.registry.rollBackAlias(Alias("staging"), of: name, as: boss)
        _ = try await test.registry.moveAlias(
            Alias("new"), of: QualifiedName("demo/data"), kind: .dataset, to: 1, as: boss)
        return test
    }

    @Test func whatTheServerWroteIsFoundRight() async throws {
        let test = try await registry()
        #expect(try await test.fsck(readData: false).findings == [])
    }

    private static let copiedMove = """
        INSERT INTO alias_moves (collection_id, alias, version_id, moved_at, moved_by, previous, is_rollback, decision)
        SELECT collection_id, alias, version_id, moved_at, moved_by, previous, is_rollback, decision FROM alias_moves
        """
    private static let copiedDecision = """
        INSERT INTO decisions (version_id, digest, decision, decided_at, decided_by)
        SELECT version_id, digest, 'approve', decided_at, decided_by FROM decisions WHERE decision = 'reject'
        """

    /// What is done, and a word of what is found.
    static let forgeries: [(String, String)] = [
        ("UPDATE alias_moves SET version_id = 1 WHERE alias = 'staging' AND version_id = 2", "model:demo/m:staging"),
        ("UPDATE alias_moves SET version_id = 2 WHERE alias = 'production'", "model:demo/m:production"),
        ("UPDATE alias_moves SET alias = 'production' WHERE alias = 'staging'", "model:demo/m:production"),
        ("UPDATE alias_moves SET moved_by = (SELECT id FROM principals WHERE id <> moved_by)", "alias.move"),
        ("DELETE FROM alias_moves WHERE alias = 'production'", "model:demo/m:production"),
        ("\(copiedMove) WHERE alias = 'staging' AND version_id = 2", "model:demo/m:staging"),
        ("\(copiedMove) WHERE alias = 'new'", "dataset:demo/data:new"),
        ("UPDATE alias_moves SET id = 99 WHERE id = 1", "model:demo/m:staging"),
        ("DELETE FROM decisions WHERE decision = 'withdraw'", "version.withdraw"),
        ("UPDATE decisions SET decision = 'approve' WHERE decision = 'reject'", "version.reject"),
        ("UPDATE decisions SET decided_by = (SELECT id FROM principals WHERE id <> decided_by)", "version.withdraw"),
        (copiedDecision, "nobody's approval"),
        ("DELETE FROM approval_votes WHERE id = 1", "version.approve"),
        ("UPDATE approval_votes SET decision_id = NULL WHERE id = 2", "nobody's approval"),
        ("UPDATE versions SET created_by = (SELECT id FROM principals WHERE id <> created_by)", "version.create"),
        ("DELETE FROM versions WHERE id = 2", "version.create"),
    ]

    @Test(arguments: forgeries)
    func aForgedRowIsNamed(sql: String, word: String) async throws {
        let test = try await registry()
        try await alter(test, sql)
        let found = try await test.fsck(readData: false).findings
        #expect(found.contains { "\($0.object) \($0.detail)".contains(word) }, "\(found)")
    }

    /// With the triggers in place, which do not see what REPLACE takes away on a connection that does not ask for it.
    @Test(arguments: ["decisions", "alias_moves", "versions", "approval_votes"])
    func aReplacedRowIsNamed(table: String) async throws {
        let test = try await registry()
        let columns = [
            "decisions": "id, version_id, digest, 'approve', comment, decided_at, decided_by, comment_commitment",
            "alias_moves":
                "id, collection_id, alias, 1, moved_at, moved_by, decision, override_id, previous, is_rollback",
            "versions": "id, collection_id, number, artifact, digest, document, run_id, flags, 7, created_by",
            "approval_votes": "id, version_id, after_decision, decision_id, evidence, comment, 7, voted_by",
        ]
        let chosen = ["decisions": "decision = 'reject'", "alias_moves": "alias = 'staging' AND version_id = 2"]
        try await alter(
            test,
            "INSERT OR REPLACE INTO \(table) SELECT \(columns[table] ?? "*") FROM \(table) WHERE \(chosen[table] ?? "id = 1")",
            keepsTriggers: true)
        let found = try await test.fsck(readData: false).findings
        #expect(found.contains { $0.problem == .contradiction && $0.detail.contains(/no (entry|row)/) }, "\(found)")
    }
}
