import Foundation
import HTTPTypes
import HummingbirdTesting
import NIOCore
import Registry
import RegistryTypes
import Testing

/// Ids and digests of one namespace mean nothing in another: Harbor's CVE-2022-31667, -31668 and -31670.
///
/// That who has no right in a namespace gets nothing by its ids is in `AuthorizationMatrixTests`; here somebody with
/// every role puts them behind the name of their own.
@Suite struct ForeignIdentifierTests {
    /// Operations that make what their path names, from bytes that the caller sends.
    private static let creating: Set<String> = ["PUT namespaces/{namespace}/blobs/{digest}"]

    @Test func aForeignIdBehindOnesOwnNameIsNotFound() async throws {
        let server = try await TestServer()
        try await server.run { session in
            let world = try await MatrixWorld.make(session, server)
            let owner = try await session.fetch(
                NewToken.self, .post, "tokens", as: "root",
                #"{"principal":"owner","roles":["admin","pusher","approver","auditor","reader"],"namespace":"other"}"#
            ).token
            let own = TestSession(client: session.client, tokens: ["owner": owner])
            try await Self.pushOwn(own)
            let kinds = ["{id}", "{digest}", "{selector}"]
            var tried = 0
            for (name, trial) in Trial.all where name.contains("{namespace}") && !Self.creating.contains(name) {
                guard kinds.contains(where: name.contains), let method = name.split(separator: " ").first else {
                    continue
                }
                let path = [
                    ("demo/trained", "demo/house"), ("demo/leaving", "demo/data"), ("demo", "other"),
                    ("versions/1", "versions/DIGEST"),
                ].reduce(trial.path) { $0.replacing($1.0, with: $1.1) }
                var headers: [HTTPField.Name: String] = [:]
                if name.contains("PUT"), name.contains("uploads") { headers[.contentRange] = "bytes 0-2/7" }
                let answer = try await own.send(
                    try #require(HTTPRequest.Method(rawValue: String(method))), world.filled(path), as: "owner",
                    trial.body.map { world.filled($0) }, headers: headers)
                #expect(answer.status == .notFound, "\(name): \(path): \(String(buffer: answer.body))")
                tried += 1
            }
            #expect(tried > 30)
            try await Self.expectNothingByBody(own, world)
        }
    }

    /// A model and a dataset of the same names as the others', with bytes of their own.
    private static func pushOwn(_ own: TestSession) async throws {
        let digest = Digest.of(Data("own".utf8))
        _ = try await own.send(.put, "namespaces/other/blobs/\(digest)", as: "owner", "own")
        let file = #"{"path":"w.bin","size":3,"sha256":"\#(digest.hex)","mediaType":"text/plain","mode":"file"}"#
        let run = #"{"kind":"import","state":"finished","metrics":[],"facts":{}}"#
        _ = try await own.fetch(
            CreatedVersion.self, .post, "models/other/house/versions", as: "owner",
            #"{"files":[\#(file)],"run":\#(run)}"#)
        _ = try await own.fetch(
            CreatedVersion.self, .post, "datasets/other/data/versions", as: "owner", #"{"files":[\#(file)]}"#)
    }

    /// Neither do documents: bytes, sources and data of others are not known.
    private static func expectNothingByBody(_ own: TestSession, _ world: MatrixWorld) async throws {
        let run = #"{"kind":"import","state":"finished","metrics":[],"facts":{}}"#
        let input = #"{"name":"d","phase":"train","dataset":"demo/data:1"}"#
        let reading = #"{"kind":"import","state":"finished","inputs":[\#(input)],"metrics":[],"facts":{}}"#
        let ownFile =
            #"{"path":"w.bin","size":3,"sha256":"\#(Digest.of(Data("own".utf8)).hex)","mediaType":"text/plain","mode":"file"}"#
        for (path, body, codes) in [
            ("models/other/house/versions", #"{"files":[FILE],"run":\#(run)}"#, ["blob-unknown"]),
            ("models/other/house/versions", #"{"files":[\#(ownFile)],"run":\#(reading)}"#, ["not-found"]),
            (
                "namespaces/other/runs", #"{"run":\#(reading.replacing("finished", with: "failed"))}"#, ["not-found"]
            ),
            ("models/other/stolen/versions", world.trained, ["blob-unknown"]),
            (
                "models/other/house/versions/1/decisions", #"{"decision":"reject","digest":"DIGEST"}"#,
                ["precondition-failed", "conflict"]
            ),
        ] {
            let answer = try await own.send(.post, path, as: "owner", world.filled(body))
            #expect(codes.contains(answer.code ?? ""), "\(path): \(String(buffer: answer.body))")
        }
    }
}
