import Foundation
import Testing

/// Whatever is written down in the audit log is an event that somebody can ask for, and is described.
@Suite struct EventTypeTests {
    /// What only asks: its entries are refusals alone.
    private static let questions: Set<String> = [
        "alias.history", "alias.list", "approval.list", "backup.list", "backup.show", "blob.fetch",
        "certificate-name.list",
        "collection.list", "collection.show", "event.list", "fsck.show", "hold.list", "identity-provider.list",
        "identity-rule.list", "job.claim", "lineage.read", "log.read", "member.list", "namespace.list",
        "policy.answer", "policy.decision", "policy.history", "policy.show", "policy.test", "principal.show",
        "reproduction.check", "reproduction.list", "reproduction.log", "reproduction.report", "reproduction.show",
        "reproduction.statement", "retention.show", "retention.test", "run.show", "schedule.show", "scrub.show",
        "search.read", "token.list", "version.compare", "version.fetch", "version.list", "version.proof",
        "version.provenance", "version.show", "webhook.list", "webhook.show", "worker.check", "worker.list",
    ]

    private static func types() throws -> Set<String> {
        let file = ImportTableTests.root.appending(path: "Sources/RegistryTypes/Events/EventType.swift")
        let text = try String(contentsOf: file, encoding: .utf8)
        return Set(text.matches(of: /case \w+ = "([a-z.-]+)"/).map { String($0.1) })
    }

    @Test func everyActionOfTheAuditLogIsAnEvent() throws {
        var actions: Set<String> = []
        for file in ImportTableTests.swiftFiles(below: ImportTableTests.root.appending(path: "Sources/Registry")) {
            let text = try String(contentsOf: file, encoding: .utf8)
            for match in text.matches(of: /(?:AuditEntry|entry)\(\s*"([a-z-]+\.[a-z-]+)"/) {
                actions.insert(String(match.1))
            }
        }
        #expect(actions.count > 80)
        let types = try Self.types()
        #expect(actions.subtracting(types).subtracting(Self.questions).sorted() == [], "actions that are no events")
        #expect(types.intersection(Self.questions).isEmpty)
    }

    @Test func everyEventIsDescribed() throws {
        let page = ImportTableTests.root.appending(path: "docs/reference/events.md")
        let text = try String(contentsOf: page, encoding: .utf8)
        for type in try Self.types() { #expect(text.contains("`\(type)`"), "\(type)") }
    }
}
