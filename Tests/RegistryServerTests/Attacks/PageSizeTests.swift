import Foundation
import HummingbirdTesting
import Testing

/// A list gives a page of a bounded size, whatever is asked for: CVE-2023-2253 of distribution.
@Suite struct PageSizeTests {
    private static let limits = [
        "0", "-1", "1001", "2147483648", "9223372036854775808", "18446744073709551616", "1e3", "0x10", "1.0", "ten", "",
        "%00", "1%20", "%D9%A1", "1,1", "NaN", "Infinity",
    ]
    /// Cursors that are none, and one of a list that is no list.
    private static let cursors = [
        "", "zzz", "%00", "-1", "W10", "WyJhIl0", "bnVsbA", "eyJhIjoxfQ", "WzFd", "..%2f..%2fetc%2fpasswd",
        String(repeating: "A", count: 4000),
    ]

    @Test func everyListHasALimitAndItsOwnCursors() async throws {
        let server = try await TestServer()
        try await server.run { session in
            let routes = try AttackedRoute.all(await MatrixWorld.make(session, server))
                .filter { $0.operation.queries.contains("limit") }
            #expect(routes.count >= 17)
            let wrong = try await KeptConnection.run(session.client.port) { connection in
                var wrong: [String] = []
                for route in routes {
                    let start = route.query.isEmpty ? "?" : route.query + "&"
                    let cursors = route.operation.queries.contains("cursor") ? Self.cursors : []
                    let queries =
                        Self.limits.map { "limit=\($0)" } + cursors.map { "cursor=\($0)" }
                        + ["limit=2147483648&limit=10", "limit"]
                    for query in queries {
                        let answer = try connection.ask(route.request(query: start + query))
                        if answer.status != 400 { wrong.append("\(route.operation.name) \(query): \(answer.status)") }
                    }
                    let good = try connection.ask(route.request(query: start + "limit=1000"))
                    #expect(good.status == 200, "\(route.operation.name): \(good.text)")
                }
                return wrong
            }
            #expect(wrong == [])
        }
    }
}
