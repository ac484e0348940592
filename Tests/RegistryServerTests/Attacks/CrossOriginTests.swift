import Foundation
import HummingbirdTesting
import Testing

/// A page of another site gets nothing done and nothing read: no cookie is somebody, and no answer permits a site.
@Suite struct CrossOriginTests {
    @Test func noCookieIsSetOrTakenAndNoSiteIsPermitted() async throws {
        let server = try await TestServer()
        try await server.run { session in
            let routes = try AttackedRoute.all(await MatrixWorld.make(session, server))
            let root = try #require(session.tokens["root"])
            try await KeptConnection.run(session.client.port) { connection in
                for route in routes {
                    let cookies = ["token", "session", "Authorization"].map { "\($0)=\(root)" }.joined(separator: "; ")
                    let attempts: [(String, [String]?)] = [
                        ("by cookie", ["Origin: https://evil.example", "Cookie: \(cookies)"]), ("as it should be", nil),
                    ]
                    for (what, headers) in attempts {
                        let request = route.request(path: route.path, query: route.query, headers: headers)
                        let answer = try connection.ask(request, isHead: route.isHead)
                        let label = "\(route.operation.name) \(what): \(answer.head)"
                        if headers != nil { #expect([401, 429].contains(answer.status), "\(label)") }
                        Self.expectNoPermission(answer, label)
                        Self.expectNoPage(answer, label)
                    }
                    let preflight = Data(
                        """
                        OPTIONS /api/v1/\(route.path) HTTP/1.1\r\nHost: a\r\nOrigin: https://evil.example\r
                        Access-Control-Request-Method: \(route.method)\r
                        Access-Control-Request-Headers: authorization, content-type\r\n\r\n
                        """.utf8)
                    let answer = try connection.ask(preflight)
                    #expect(answer.status == 405, "\(route.operation.name): \(answer.head)")
                    Self.expectNoPermission(answer, route.operation.name)
                }
            }
        }
    }

    private static func expectNoPermission(_ answer: KeptConnection.Answer, _ label: String) {
        let head = answer.head.lowercased()
        for word in ["access-control-", "set-cookie", "cross-origin-resource-policy: cross-origin"] {
            #expect(!head.contains(word), "\(label)")
        }
    }

    /// What a browser shows of an answer runs nothing and is not guessed at.
    private static func expectNoPage(_ answer: KeptConnection.Answer, _ label: String) {
        #expect(answer.head.contains("X-Content-Type-Options: nosniff\r\n"), "\(label)")
        #expect(
            answer.head.contains("Content-Security-Policy: default-src 'none'; frame-ancestors 'none'; sandbox\r\n"),
            "\(label)")
    }
}
