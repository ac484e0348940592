import Foundation
import HTTPTypes
import HummingbirdTesting
import NIOCore
import Registry
import RegistryTypes
import Testing

/// No text in a path leads out of what the path names: MLflow's CVE-2023-1177, CVE-2023-2780, CVE-2024-1560 and their kin.
///
/// `TracedTraversalTests` looks at which files the built server opens meanwhile.
@Suite struct PathTraversalTests {
    /// Of the encodings each parameter of each operation gets one in so many, in turn: a few seconds are enough then, and
    /// every encoding comes to every kind of parameter.
    private static let share = 8

    /// Encodings in the place of every parameter of every operation, by somebody who may do everything.
    @Test func noParameterOfAnyOperationLeadsElsewhere() async throws {
        let encodings = try AttackCorpus.lines(AttackCorpus.pathEncodings)
        #expect(encodings.count > 200)
        let server = try await TestServer()
        try await server.run { session in
            let routes = try AttackedRoute.all(await MatrixWorld.make(session, server))
            let list = try #require(routes.first { $0.operation.name == "GET /api/v1/models" })
            let served = try await KeptConnection.run(session.client.port) { connection in
                var (served, tried) = ([String](), 0)
                let before = try connection.ask(list.request(query: "?limit=1000"))
                for (place, route) in routes.enumerated() {
                    for (number, encoding) in encodings.enumerated() {
                        for (index, (parameter, path)) in route.paths(with: encoding).enumerated()
                        where (number + place + index) % Self.share == 0 {
                            let request = route.request(path: path, query: route.query)
                            let answer = try connection.ask(request, isHead: route.isHead)
                            tried += 1
                            if ![400, 404].contains(answer.status) || answer.text.contains("SQLite format") {
                                served.append("\(route.method) \(path) (\(parameter)): \(answer.status) \(answer.text)")
                            }
                        }
                    }
                }
                print("path traversal: \(routes.count) operations x \(encodings.count) encodings = \(tried) requests")
                #expect(tried > 5000)
                let after = try connection.ask(list.request(query: "?limit=1000"))
                #expect(before.status == 200 && before.text == after.text)
                return served
            }
            #expect(served == [], "\(served.count) of them")
        }
    }

    /// What a document names as a file, folder or source is held to the same.
    @Test func noDocumentNamesAFileElsewhere() async throws {
        let server = try await TestServer()
        try await server.run { session in
            let digest = Digest.of(Data("weights".utf8))
            _ = try await session.send(.put, "namespaces/demo/blobs/\(digest)", as: "pusher", "weights")
            for encoding in try AttackCorpus.lines(AttackCorpus.pathEncodings) {
                // What is no path once it is decoded; the rest are names like any other, since nothing decodes them.
                guard let text = encoding.removingPercentEncoding, (try? ArtifactPath(text)) == nil else { continue }
                let path = JSONValue.string(text)
                let file: JSONValue = [
                    "path": path, "size": 7, "sha256": .string(digest.hex), "mediaType": "text/plain", "mode": "file",
                ]
                let run: JSONValue = ["kind": "import", "state": "finished", "metrics": [], "facts": [:]]
                for (place, body) in [
                    ("models/demo/house/versions", ["files": [file], "run": run]),
                    ("datasets/demo/data/versions", ["files": [file]]),
                ] as [(String, JSONValue)] {
                    let answer = try await session.send(
                        .post, place, as: "pusher", String(decoding: try body.canonicalBytes(), as: UTF8.self))
                    #expect(answer.status == .badRequest, "\(place): \(text): \(String(buffer: answer.body))")
                }
            }
        }
    }
}
