import Foundation
import Registry
import RegistryTypes
import Testing

@Suite struct EventFeedTests {
    private static func types(
        _ test: TestRegistry, _ filter: EventFilter? = nil, as caller: Caller
    ) async throws -> Set<String> {
        let page =
            if let filter {
                try await test.registry.events(filter, after: -1, limit: 1000, as: caller)
            } else {
                try await test.registry.events(after: -1, limit: 1000, as: caller)
            }
        #expect(!page.hasMore)
        return Set(page.items.map(\.type))
    }

    @Test func everybodyIsToldOfWhatTheyMayKnow() async throws {
        let test = try await TestRegistry()
        let pushed = try await test.push("demo/model", text: "w")
        await expectError(.versionNotApproved) {
            _ = try await test.registry.moveAlias(Alias("production"), of: pushed.name, to: 1, as: test.pusher)
        }
        let stranger = try await test.caller("stranger", [])
        let auditor = try await test.caller("auditor", [.auditor])
        #expect(try await Self.types(test, as: test.deployer) == ["version.create"])
        #expect(try await Self.types(test, as: stranger).isEmpty)
        let all = try await Self.types(test, as: auditor)
        #expect(all.isSuperset(of: ["version.create", "blob.put", "alias.move.refuse", "token.create"]))
        // What concerns the whole server is for those who read its log.
        #expect(!all.contains("server.initialise"))
        #expect(try await Self.types(test, as: test.admin).contains("server.initialise"))
        await expectError(.notFound) {
            _ = try await test.registry.events(of: test.namespace, after: -1, limit: 1, as: stranger)
        }
    }

    @Test func aReaderWhoGoesOnWhereItWasMissesNothing() async throws {
        let test = try await TestRegistry()
        for number in 1...7 { _ = try await test.push("demo/model", text: "\(number)") }
        let filter = try EventFilter(["version.*"])
        var (place, seen, looks): (Int64, [Int64], Int) = (-1, [], 0)
        while true {
            let page = try await test.registry.events(
                of: test.namespace, filter, after: place, limit: 2, as: test.deployer)
            seen += page.items.map(\.data.sequence)
            #expect(page.next >= place)
            (place, looks) = (page.next, looks + 1)
            guard page.hasMore else { break }
        }
        #expect(seen.count == 7 && seen == seen.sorted() && Set(seen).count == 7)
        #expect(looks >= 4)
        #expect(try await test.registry.lastEntry() == place)
        let nothing = try await test.registry.events(after: place, limit: 10, as: test.admin)
        #expect(nothing == EventPage(items: [], next: place, hasMore: false))
        // A place that does not exist yet is no error: it will.
        let later = try await test.registry.events(after: place + 1000, limit: 10, as: test.admin)
        #expect(later == EventPage(items: [], next: place + 1000, hasMore: false))
    }

    @Test func aRoleThatIsTakenEndsWhatIsTold() async throws {
        let test = try await TestRegistry()
        _ = try await test.push("demo/model", text: "w")
        let reader = try await test.caller("reader", [.reader])
        #expect(try await Self.types(test, as: reader) == ["version.create"])
        _ = try await test.registry.setMember("reader", of: test.namespace, to: [], as: test.admin)
        #expect(try await Self.types(test, as: reader).isEmpty)
    }
}
