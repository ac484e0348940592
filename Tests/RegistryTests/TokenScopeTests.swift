import Foundation
import Registry
import RegistryTypes
import Synchronization
import Testing

/// Tokens that carry less than their principal may.
@Suite struct TokenScopeTests {
    /// A token of a principal with these scopes.
    private static func caller(
        _ test: TestRegistry, _ principal: String, _ scopes: [String]
    ) async throws -> (caller: Caller, id: String) {
        let token = try await test.registry.createToken(
            CreateToken(principal: principal, scopes: try scopes.map { try TokenScope($0) }), as: test.admin)
        return (try await test.registry.authenticate(token.token, requestID: "t"), token.record.id)
    }

    @Test func aScopeTakesAwayAndGivesNothing() async throws {
        let test = try await TestRegistry()
        let other = try await test.namespace("other", pusher: "eve")
        _ = try await test.push("demo/house", [try await test.file("w.bin", Data("weights".utf8))])
        // The administrator's token is a reader's in one namespace.
        let reader = try await Self.caller(test, "admin", ["reader@demo"]).caller
        #expect(reader.principal == test.admin.principal)
        let name = try QualifiedName("demo/house")
        try await test.registry.checkMayKnow(of: name, kind: .model, as: reader)
        #expect(try await test.registry.whoAmI(as: reader).roles == ["demo": [.reader]])
        await expectError(.forbidden) { try await test.registry.checkMayPush(to: test.namespace, as: reader) }
        await expectError(.notFound) { try await test.registry.checkMayPush(to: other.name, as: reader) }
        await expectError(.forbidden) {
            _ = try await test.registry.createNamespace(ResourceName("mine"), as: reader)
        }
        #expect(try await test.registry.namespaces(PageRequest(), as: reader).items.map(\.name.text) == ["demo"])
        // Neither do lists, searches and lineage show more: every query asks for the rights of the token.
        let elsewhere = try await Self.caller(test, "admin", ["reader@other"]).caller
        for (caller, count) in [(reader, 1), (elsewhere, 0), (test.admin, 1)] {
            #expect(
                try await test.registry.collections(.model, in: nil, PageRequest(), as: caller).items.count == count)
            #expect(
                try await test.registry.search(SearchQuery("house"), PageRequest(), as: caller).items.count == count)
        }
        await expectError(.notFound) {
            _ = try await test.registry.lineage(of: Reference("model:demo/house:1"), .both, as: elsewhere)
        }
        // A pusher's token for reading everywhere reads where the pusher reads.
        let everywhere = try await Self.caller(test, "ci", ["reader"]).caller
        #expect(try await test.registry.whoAmI(as: everywhere).roles == ["demo": [.reader]])
        await expectError(.forbidden) { try await test.registry.checkMayPush(to: test.namespace, as: everywhere) }
        // Several scopes add up.
        let both = try await Self.caller(test, "admin", ["pusher@demo", "auditor@other"]).caller
        try await test.registry.checkMayPush(to: test.namespace, as: both)
        _ = try await test.registry.auditLog(of: other.name, PageRequest(), as: both)
        await expectError(.forbidden) { try await test.registry.checkMayPush(to: other.name, as: both) }
        await expectError(.forbidden) { _ = try await test.registry.auditLog(of: nil, PageRequest(), as: both) }
    }

    @Test func theRolesOfTheMomentCount() async throws {
        let test = try await TestRegistry()
        let pusher = try await Self.caller(test, "ci", ["pusher@demo"]).caller
        try await test.registry.checkMayPush(to: test.namespace, as: pusher)
        _ = try await test.registry.setMember("ci", of: test.namespace, to: [.reader], as: test.admin)
        await expectError(.notFound) { try await test.registry.checkMayPush(to: test.namespace, as: pusher) }
        _ = try await test.registry.setMember("ci", of: test.namespace, to: [.admin], as: test.admin)
        try await test.registry.checkMayPush(to: test.namespace, as: pusher)
        await expectError(.forbidden) {
            _ = try await test.registry.members(of: test.namespace, PageRequest(), as: pusher)
        }
    }

    @Test func nothingLeadsOutOfAScope() async throws {
        let test = try await TestRegistry()
        let owner = try await test.caller("olga", [.admin])
        let (scoped, id) = try await Self.caller(test, "olga", ["admin@demo"])
        // Not a token without the scope, not another token's end, not a scope that nobody covers.
        await expectError(.forbidden) {
            _ = try await test.registry.createToken(
                CreateToken(principal: "olga", roles: [.admin], namespace: test.namespace), as: scoped)
        }
        _ = try await test.registry.createToken(
            CreateToken(principal: "olga", roles: [.admin], namespace: test.namespace), as: owner)
        let others = try await test.registry.tokens(PageRequest(), as: owner).items.map(\.id).filter { $0 != id }
        await expectError(.forbidden) {
            try await test.registry.revokeToken(try #require(others.first), as: scoped)
        }
        try await test.registry.revokeToken(id, as: scoped)
        for scopes in [["pusher@demo"], ["approver"], []] {
            await expectError(.invalidRequest) { _ = try await Self.caller(test, "deploy", scopes) }
        }
        // A namespace that the caller may not know of, in the words for one that does not exist.
        _ = try await test.namespace("hidden", pusher: "eve")
        for name in ["hidden", "absent"] {
            let error = await expectError(.notFound) {
                _ = try await test.registry.createToken(
                    CreateToken(
                        principal: "new", roles: [.reader], namespace: test.namespace,
                        scopes: [TokenScope(role: .reader, namespace: ResourceName(name))]), as: owner)
            }
            #expect(error?.message == "there is no namespace \(name), or this token may not see it")
        }
    }

    @Test func theListShowsScopesAndLastUseAndTheLogTheScopes() async throws {
        let test = try await TestRegistry()
        let token = try await test.registry.createToken(
            CreateToken(
                principal: "ci", scopes: try ["reader@demo", "pusher@demo", "reader@demo"].map { try TokenScope($0) }),
            as: test.admin)
        func record() async throws -> TokenRecord? {
            try await test.registry.tokens(PageRequest(), as: test.admin).items.first { $0.id == token.record.id }
        }
        #expect(try await record()?.scopes?.map(\.description) == ["pusher@demo", "reader@demo"])
        #expect(try await record()?.lastUsedAt == nil)
        let before = try await test.registry.auditLog(of: nil, PageRequest(limit: 1000), as: test.admin).items.count
        for _ in 0..<5 {
            test.clock.now.withLock { $0 += 1000 }
            _ = try await test.registry.authenticate(token.token, requestID: "t")
        }
        let last = test.clock.now.withLock { $0 }
        #expect(try await record()?.lastUsedAt == last)
        // Written down behind the requests, without an entry in the log.
        try await test.registry.keepTokenUses()
        #expect(try await record()?.lastUsedAt == last)
        try await test.restart { registry in
            let admin = test.admin
            let found = try await registry.tokens(PageRequest(), as: admin).items.first { $0.id == token.record.id }
            #expect(found?.lastUsedAt == last)
        }
        let entries = try await test.registry.auditLog(of: nil, PageRequest(limit: 1000), as: test.admin).items
        #expect(entries.count == before)
        let made = entries.first { $0.entry["object"]?.string == "token:\(token.record.id)" }
        #expect(made?.entry["after"]?["scopes"] == ["pusher@demo", "reader@demo"])
        // Tokens without a scope say so by leaving it out.
        let own = try await test.registry.tokens(PageRequest(), as: test.pusher).items
        #expect(own.count == 2 && own.count { $0.scopes == nil } == 1)
    }

    @Test func scopesAreReadStrictly() throws {
        #expect(try TokenScope("reader").namespace == nil)
        #expect(try TokenScope("pusher@risk") == TokenScope(role: .pusher, namespace: ResourceName("risk")))
        for text in ["", "owner", "reader@", "@risk", "reader@a@b", "Reader", "reader@../x", "reader "] {
            #expect(throws: RegistryError.self, "\(text)") { try TokenScope(text) }
        }
    }

    /// A role covers another one if no right is lost: what scopes and rules rely on.
    @Test func rolesCoverWhatTheyHaveTheRightsOf() {
        let covered = Dictionary(
            uniqueKeysWithValues: Role.allCases.map { role in (role, Set(Role.allCases.filter(role.covers))) })
        #expect(covered[.admin] == Set(Role.allCases))
        #expect(covered[.reader] == [.reader, .deployer])
        #expect(covered[.pusher] == [.pusher, .reader, .deployer])
        #expect(covered[.approver] == [.approver, .reader, .deployer])
        #expect(covered[.auditor] == [.auditor])
        #expect(covered[.deployer] == [.deployer])
    }
}
