import Foundation
import GRDB
import Registry
import RegistryTypes
import Testing

/// Versions, approvals and history cannot be changed by anybody: the schema refuses it, whatever speaks to it.
@Suite struct ImmutabilityTests {
    /// Tables that are no history, and why they may change.
    private static let mutable: [String: String] = [
        "tokens": "they are revoked", "memberships": "the present roles; they end when that is recorded",
        "namespace_blobs": "rights to bytes", "blobs": "bytes that nothing needs go", "uploads": "bytes under way",
        "upload_extents": "bytes under way", "reproduction_uploads": "bytes under way",
        "reproduction_log": "appended in chunks while a run goes on", "idempotency": "answers of the last day",
        "totals": "counted by triggers", "blob_leases": "leases end", "condemned_blobs": "what the collection plans",
        "collection_state": "the clock of the collection", "blob_checks": "when bytes were last hashed",
        "corrupt_blobs": "until somebody pushes them again", "workers": "when they were last seen",
        "audit_subtrees": "made of the entries, and made anew without them", "token_scopes": "they go with their token",
        "identity_providers": "trust ends; every change is in the audit log", "identity_rules": "as their providers",
        "identity_rule_scopes": "as their providers", "certificate_names": "as identity providers",
        "webhooks": "who is told; every change is in the audit log", "webhook_deliveries": "kept for 30 days",
        "webhook_attempts": "as the deliveries", "used_identity_tokens": "until they would be refused for their age",
        "grdb_migrations": "of the program", "sqlite_sequence": "of SQLite", "sqlite_stat1": "of SQLite",
        "sqlite_stat4": "of SQLite",
    ]
    /// Tables of which a trigger lets only some rows change, tried in tests of their own.
    private static let conditional: Set<String> = [
        "reproductions", "upkeep", "signing_keys", "comments", "principal_names", "log_keys",
        "checkpoints",
    ]

    @Test func everyTableIsHistoryOrSaysWhyNot() async throws {
        let test = try await TestRegistry()
        let queue = try DatabaseQueue(path: test.folder + "/meta.db")
        defer { try? queue.close() }
        let (tables, triggers) = try await queue.read { db in
            (
                try String.fetchAll(
                    db,
                    sql: """
                        SELECT name FROM sqlite_schema
                        WHERE type = 'table' AND name NOT LIKE 'collection\\_names%' ESCAPE '\\'
                        """),
                try String.fetchAll(db, sql: "SELECT tbl_name || ' ' || sql FROM sqlite_schema WHERE type = 'trigger'")
            )
        }
        for table in tables where Self.mutable[table] == nil && !Self.conditional.contains(table) {
            for change in ["UPDATE", "DELETE"] {
                let guarding = triggers.contains {
                    $0.hasPrefix("\(table) ") && $0.contains("BEFORE \(change) ON \(table) ") && $0.contains("ABORT")
                }
                #expect(guarding, "\(table) can be changed by \(change)")
            }
        }
    }

    @Test func rawSQLChangesNothing() async throws {
        let test = try await TestRegistry()
        let pushed = try await test.push("demo/model", text: "w")
        _ = try await test.registry.requestApproval(
            RequestApproval(), of: VersionReference("demo/model:1"), as: test.pusher)
        var policy = PolicyDocument()
        policy.approvals = .init(count: 1)
        _ = try await test.registry.setPolicy(SetPolicy(policy: policy), in: test.namespace, as: test.admin)
        let seen = try await test.registry.policyAnswer(
            of: Alias("production"), about: VersionReference("demo/model:1"), as: test.approver)
        _ = try await test.registry.decide(
            DecideVersion(decision: .approve, digest: pushed.digest, comment: "fine", evidence: seen.evidence),
            about: VersionReference("demo/model:1"), as: test.approver)
        _ = try await test.registry.moveAlias(
            Alias("production"), of: pushed.name, to: 1, as: test.approver)
        let two = try await test.caller("two", [.admin])
        let override = try await test.registry.requestOverride(
            RequestOverride(reason: "an emergency of the test", hours: 1), for: VersionReference("demo/model:1"),
            as: test.admin)
        _ = try await test.registry.confirmOverride(override.id, as: two)
        _ = try await test.registry.raiseAlerts(CollectionClock(latest: 1_700_000_000_000))
        let changes = [
            "UPDATE versions SET flags = '[]'", "DELETE FROM versions", "UPDATE decisions SET decision = 'reject'",
            "DELETE FROM decisions", "UPDATE approval_votes SET voted_by = 'server'", "DELETE FROM approval_votes",
            "UPDATE approval_requests SET requested_at = 1", "DELETE FROM approval_requests",
            "UPDATE alias_moves SET version_id = NULL", "DELETE FROM alias_moves", "UPDATE policies SET set_at = 1",
            "DELETE FROM policies", "UPDATE policy_documents SET document = x''", "DELETE FROM policy_documents",
            "UPDATE policy_decisions SET document = x''", "DELETE FROM policy_decisions",
            "UPDATE overrides SET expires_at = 9e18", "DELETE FROM overrides",
            "UPDATE override_confirmations SET confirmed_at = 1", "DELETE FROM override_confirmations",
            "UPDATE version_scans SET document = '{}'", "DELETE FROM version_scans", "UPDATE comments SET text = 'bad'",
            "DELETE FROM comments", "UPDATE principal_names SET name = 'eve' WHERE name = 'ann'",
            "DELETE FROM principal_names WHERE name = 'ann'", "UPDATE principals SET kind = 'ci'",
            "DELETE FROM audit_entries", "UPDATE audit_entries SET entry = x''", "UPDATE collections SET name = 'x'",
            "UPDATE namespaces SET name = 'x'", "UPDATE alias_reviews SET failures = '[]'", "DELETE FROM alias_reviews",
            "DELETE FROM memberships", "UPDATE memberships SET role = 'admin'", "DELETE FROM membership_changes",
            "UPDATE membership_changes SET is_held = 0",
        ]
        for change in changes {
            let error = await #expect(throws: DatabaseError.self, "\(change)") { try await test.execute(change) }
            #expect(error?.resultCode == .SQLITE_CONSTRAINT, "\(change): \(String(describing: error))")
        }
    }
}
