import HTTPTypes
import RegistryTypes
import Testing

/// The route of the search: its parameters, its pages, and who finds nothing.
@Suite struct SearchRouteTests {
    @Test func answersPagesAndRefusesWhatItDoesNotUnderstand() async throws {
        let server = try await TestServer()
        try await server.run { session in
            for number in 1...3 { try await session.push("models/demo/house", "weights \(number)") }
            try await session.push("datasets/demo/housing", "1,2")
            let first = try await session.fetch(Page<VersionSummary>.self, .get, "search?q=HOUS&limit=2", as: "reader")
            #expect(first.items.map(\.number) == [3, 2])
            let cursor = try #require(first.nextCursor)
            let rest = try await session.fetch(
                Page<VersionSummary>.self, .get, "search?q=HOUS&limit=2&cursor=\(cursor)", as: "reader")
            #expect(rest.items.map(\.number) == [1] && rest.nextCursor == nil)
            let datasets = try await session.fetch(
                Page<VersionSummary>.self, .get, "search?q=hous&kind=dataset", as: "auditor")
            #expect(datasets.items.map(\.name.description) == ["demo/housing"])
            let none = try await session.fetch(Page<VersionSummary>.self, .get, "search?q=hous", as: "stranger")
            #expect(none.items.isEmpty && none.nextCursor == nil)
            for query in [
                "", "?q=", "?q=x&kind=run", "?q=owner:me", "?q=metric:a%3Ex", "?q=x&limit=0", "?q=x&cursor=x",
            ] {
                #expect(
                    try await session.send(.get, "search\(query)", as: "reader").code == "invalid-request", "\(query)")
            }
        }
    }
}
