import Foundation
import Registry
import RegistryTypes
import Testing

/// Members of namespaces, tokens, and who the caller is.
@Suite struct MemberTests {
    @Test func namesThatLookLikeOthersAreRefused() async throws {
        let test = try await TestRegistry()
        for name in ["\u{200B}", "admin ", " admin", "\u{430}dmin", "ad\u{202E}min", "e\u{301}ve", "", "a\nb"] {
            await #expect(throws: RegistryError.self, "\(name.debugDescription)") {
                _ = try await test.registry.createToken(
                    CreateToken(principal: name, roles: [.reader], namespace: test.namespace), as: test.admin)
            }
        }
        for name in ["Анна", "Éve", "王小明", "build-bot/7"] { _ = try await test.caller(name, [.reader]) }
    }

    @Test func rolesAreReplacedAndTheLogHoldsBothSides() async throws {
        let test = try await TestRegistry()
        let owner = try await test.caller("olga", [.admin])
        let set = try await test.registry.setMember(
            "CI", of: test.namespace, to: [.reader, .approver, .reader], as: owner)
        #expect(set.roles == [.approver, .reader] && set.principal.name == "ci")
        let members = try await test.registry.members(of: test.namespace, PageRequest(), as: owner).items
        #expect(members.first { $0.principal.name == "ci" }?.roles == [.approver, .reader])
        _ = try await test.registry.setMember("ci", of: test.namespace, to: [], as: owner)
        #expect(
            try await test.registry.members(of: test.namespace, PageRequest(), as: owner).items
                .map(\.principal.name).sorted() == ["ann", "deploy", "olga"])
        await expectError(.notFound) { try await test.registry.checkMayPush(to: test.namespace, as: test.pusher) }
        let entries = try await test.registry.auditLog(of: test.namespace, PageRequest(), as: owner).items
            .map(\.entry).filter { $0["action"]?.string == "member.set" }
        #expect(entries.map { $0["before"] } == [["pusher"], ["approver", "reader"]])
        #expect(entries.map { $0["after"] } == [["approver", "reader"], []])
        #expect(entries.allSatisfy { $0["object"]?.string == "member:\(test.pusher.principal)" })
    }

    @Test func nobodyLocksThemselvesOut() async throws {
        let test = try await TestRegistry()
        let owner = try await test.caller("olga", [.admin])
        for roles in [[], [Role.reader]] {
            await expectError(.conflict) {
                _ = try await test.registry.setMember("olga", of: test.namespace, to: roles, as: owner)
            }
        }
        _ = try await test.registry.setMember("olga", of: test.namespace, to: [.admin, .pusher], as: owner)
        // Whoever administers the whole server is not locked out of a namespace by it.
        _ = try await test.registry.setMember("admin", of: test.namespace, to: [.reader], as: test.admin)
        await expectError(.notFound) {
            _ = try await test.registry.setMember("nobody", of: test.namespace, to: [.reader], as: owner)
        }
    }

    @Test func administratorsOfOneNamespaceAreNothingInAnother() async throws {
        let test = try await TestRegistry()
        let other = try await test.namespace("other", pusher: "eve")
        let owner = try await test.caller("olga", [.admin], in: other.name)
        let hidden = await expectError(.notFound) {
            _ = try await test.registry.members(of: test.namespace, PageRequest(), as: owner)
        }
        let missing = await expectError(.notFound) {
            _ = try await test.registry.members(of: ResourceName("absent"), PageRequest(), as: owner)
        }
        #expect(hidden?.message == missing?.message.replacing("absent", with: "demo"))
        await expectError(.notFound) {
            _ = try await test.registry.setMember("olga", of: test.namespace, to: [.admin], as: owner)
        }
        await expectError(.notFound) {
            _ = try await test.registry.createToken(
                CreateToken(principal: "x", roles: [.admin], namespace: test.namespace), as: owner)
        }
        #expect(try await test.registry.namespaces(PageRequest(), as: owner).items.map(\.name.text) == ["other"])
        #expect(
            try await test.registry.namespaces(PageRequest(), as: test.admin).items.map(\.name.text)
                == ["demo", "other"])
    }

    @Test func tokensAreListedWithoutSecretsAndOnlyOnesOwn() async throws {
        let test = try await TestRegistry()
        let own = try await test.registry.tokens(PageRequest(), as: test.pusher).items
        #expect(own.map(\.principal.name) == ["ci"])
        let all = try await test.registry.tokens(PageRequest(), as: test.admin).items
        #expect(Set(all.map(\.principal.name)) == ["admin", "ann", "ci", "deploy"])
        try await test.registry.revokeToken(own[0].id, as: test.pusher)
        #expect(try await test.registry.tokens(PageRequest(), as: test.pusher).items[0].revokedAt != nil)
    }

    @Test func whoAmITellsRolesByNamespace() async throws {
        let test = try await TestRegistry()
        let pusher = try await test.registry.whoAmI(as: test.pusher)
        #expect(pusher.principal.name == "ci" && pusher.roles == ["demo": [.pusher]])
        #expect(try await test.registry.whoAmI(as: test.admin).roles == ["*": [.admin]])
    }

    @Test func theLogIsForAuditorsOfTheirNamespaceAndForTheWholeServer() async throws {
        let test = try await TestRegistry()
        let other = try await test.namespace("other", pusher: "eve")
        _ = try await test.file("w.bin", "x", in: other.name, as: other.pusher)
        let auditor = try await test.caller("otto", [.auditor])
        let entries = try await test.registry.auditLog(of: test.namespace, PageRequest(), as: auditor).items
        #expect(!entries.isEmpty && entries.allSatisfy { $0.entry["namespace"]?.string == "demo" })
        await expectError(.forbidden) { _ = try await test.registry.auditLog(of: nil, PageRequest(), as: auditor) }
        await expectError(.notFound) {
            _ = try await test.registry.auditLog(of: other.name, PageRequest(), as: auditor)
        }
        let all = try await everyPage(3) { try await test.registry.auditLog(of: nil, $0, as: test.admin) }
        #expect(all.map { $0.entry["seq"]?.int } == Array(0..<all.count))
        #expect(all.last?.entry["action"]?.string == "log.read.refuse")
        let late = try await test.registry.auditLog(of: nil, after: 4, PageRequest(limit: 1), as: test.admin).items
        #expect(late.first?.entry["seq"]?.int == 5)
    }
}
