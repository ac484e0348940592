import Foundation
import HTTPTypes
import HummingbirdTesting
import NIOCore
import RegistryTypes
import Testing

/// Lists, conditions and checksums as clients see them.
@Suite struct ReadingRouteTests {
    @Test func listsGoOnWithTheirCursor() async throws {
        let server = try await TestServer()
        try await server.run { session in
            for text in ["a", "b", "c"] { try await session.push("models/demo/house", text) }
            let path = "models/demo/house/versions?limit=2&unknown=1"
            let first = try await session.fetch(Page<VersionSummary>.self, .get, path)
            #expect(first.items.map(\.number) == [3, 2])
            let cursor = try #require(first.nextCursor)
            #expect(cursor.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F } && !cursor.contains("3"))
            let second = try await session.fetch(Page<VersionSummary>.self, .get, path + "&cursor=" + cursor)
            #expect(second.items.map(\.number) == [1] && second.nextCursor == nil)
            for query in [
                "limit=0", "limit=1001", "limit=2147483648", "limit=-1", "limit=x", "limit=", "cursor=x", "cursor=",
            ] {
                let response = try await session.send(.get, "models/demo/house/versions?\(query)", as: "reader")
                #expect(response.status == .badRequest && response.code == "invalid-request", "\(query)")
            }
        }
    }

    @Test func anotherMethodIsToldWhichThereAre() async throws {
        let server = try await TestServer()
        try await server.run { session in
            for (method, path, allowed) in [
                (HTTPRequest.Method.delete, "models/demo/house", "GET"),
                (.post, "models/demo/house/versions/1/files/a/b", "GET, HEAD"),
                (.get, "models/demo/house/versions/1/decisions", "POST"),
            ] {
                let response = try await session.send(method, path, as: "reader")
                #expect(response.status == .methodNotAllowed && response.code == "method-not-allowed", "\(path)")
                #expect(response.headers[.allow] == allowed)
            }
            #expect(try await session.send(.get, "nothing/here", as: "reader").status == .notFound)
        }
    }

    @Test func aKeyIsHeededWhateverThingsAreCalled() async throws {
        let server = try await TestServer()
        let key = try #require(HTTPField.Name("Idempotency-Key"))
        try await server.run { session in
            try await session.push("models/demo/blobs", "weights")
            let digest = Digest.of(Data("weights".utf8)).hex
            let body =
                #"{"files":[{"path":"w","size":7,"sha256":"\#(digest)","mediaType":"a/b","mode":"file"}],"#
                + #""run":{"kind":"import","state":"finished","metrics":[],"facts":{}}}"#
            for _ in 0..<2 {
                let response = try await session.send(
                    .post, "models/demo/blobs/versions", as: "pusher", body, headers: [key: "k"])
                #expect(response.status == .created)
            }
            let versions = try await session.fetch(
                Page<VersionSummary>.self, .get, "models/demo/blobs/versions", as: "reader")
            #expect(versions.items.map(\.number) == [2, 1])
        }
    }

    @Test func aliasesMoveUnderConditions() async throws {
        let server = try await TestServer()
        try await server.run { session in
            for text in ["a", "b"] { try await session.push("models/demo/house", text) }
            func move(_ number: Int?, _ headers: [HTTPField.Name: String] = [:]) async throws -> TestResponse {
                try await session.send(
                    number == nil ? .delete : .put, "models/demo/house/aliases/staging", as: "pusher",
                    number.map { #"{"version":\#($0)}"# }, headers: headers)
            }
            #expect(try await move(1, [.ifMatch: "\"1\""]).code == "precondition-failed")
            let made = try await move(1, [.ifNoneMatch: "*"])
            #expect(made.status == .ok && made.headers[.eTag] == "\"1\"")
            #expect(try await move(2, [.ifNoneMatch: "*"]).status == .preconditionFailed)
            #expect(try await move(2, [.ifMatch: "\"2\""]).status == .preconditionFailed)
            #expect(try await move(2, [.ifMatch: "\"1\""]).status == .ok)
            #expect(try await move(nil, [.ifMatch: "\"1\""]).status == .preconditionFailed)
            #expect(try await move(nil).status == .ok)
            #expect(try await move(nil).status == .notFound)
            // An empty variable in a script removes nothing.
            for body in [#"{"version":null}"#, "{}", #"{"version":0}"#, #"{"version":-1}"#] {
                let path = "models/demo/house/aliases/staging"
                #expect(try await session.send(.put, path, as: "pusher", body).status == .badRequest, "\(body)")
            }
            let malformed: [[HTTPField.Name: String]] = [
                [.ifMatch: "1"], [.ifMatch: "*"], [.ifMatch: "\"x\""], [.ifMatch: "\"0\""], [.ifNoneMatch: "\"1\""],
                [.ifMatch: "\"1\"", .ifNoneMatch: "*"],
            ]
            for headers in malformed { #expect(try await move(1, headers).code == "invalid-request", "\(headers)") }
            let history = try await session.fetch(
                Page<AliasRecord>.self, .get, "models/demo/house/aliases/staging/history", as: "deployer")
            #expect(history.items.map(\.version) == [nil, 2, 1])
        }
    }

    @Test func aVersionHasAnETagThatChangesWithWhatIsKnownOfIt() async throws {
        let server = try await TestServer()
        try await server.run { session in
            let version = try await session.push("models/demo/house", "weights")
            let path = "models/demo/house/versions/1"
            let tag = try #require(try await session.send(.get, path, as: "reader").headers[.eTag])
            let same = try await session.send(.get, path, as: "reader", headers: [.ifNoneMatch: tag])
            #expect(same.status == .notModified && same.body.readableBytes == 0)
            try await session.decide(.approve, version)
            let changed = try await session.send(.get, path, as: "reader", headers: [.ifNoneMatch: tag])
            #expect(changed.status == .ok && changed.headers[.eTag] != tag)
        }
    }

    @Test func headTellsTheLengthAndLeavesTheConnectionUsable() async throws {
        let server = try await TestServer()
        try await server.run { session in
            try await session.push("models/demo/house", "weights")
            let blob = "namespaces/demo/blobs/\(Digest.of(Data("weights".utf8)))"
            for path in ["models/demo/house/versions/1/files/w.bin", blob] {
                for _ in 1...2 {
                    let head = try await session.send(.head, path, as: "pusher")
                    #expect(head.status == .ok && head.headers[.contentLength] == "7", "\(path)")
                    #expect(head.body.readableBytes == 0)
                    let refused = try await session.send(.head, path, as: "auditor")
                    #expect(refused.status == .forbidden && refused.body.readableBytes == 0, "\(path)")
                    let get = try await session.send(.get, path, as: "pusher")
                    #expect(String(buffer: get.body) == "weights")
                }
            }
        }
    }

    @Test func checksumsAreReadBySha256sum() async throws {
        let server = try await TestServer()
        let folder = server.folder + "/pulled"
        try FileManager.default.createDirectory(atPath: folder + "/a folder", withIntermediateDirectories: true)
        let texts = ["w.bin": "weights", "a folder/ünïcode *.txt": "two", "link": "w.bin"]
        for (path, text) in texts where path != "link" {
            try Data(text.utf8).write(to: URL(filePath: "\(folder)/\(path)"))
        }
        try await server.run { session in
            var files: [ArtifactFile] = []
            for (path, text) in texts {
                let digest = Digest.of(Data(text.utf8))
                _ = try await session.send(.put, "namespaces/demo/blobs/\(digest)", as: "pusher", text)
                files.append(
                    ArtifactFile(
                        path: try ArtifactPath(path), size: Int64(text.utf8.count), sha256: digest,
                        mode: path == "link" ? .symlink : .file))
            }
            let body = String(decoding: try StrictJSON.encode(CreateDatasetVersion(files: files)), as: UTF8.self)
            _ = try await session.fetch(CreatedVersion.self, .post, "datasets/demo/data/versions", body)
            let response = try await session.send(.get, "datasets/demo/data/versions/1/SHA256SUMS", as: "reader")
            let version = try #require(HTTPField.Name("X-Assay-Version"))
            #expect(response.headers[version] == "1")
            let text = String(buffer: response.body)
            #expect(text.split(separator: "\n").count == 2)
            try Data(text.utf8).write(to: URL(filePath: "\(folder)/SHA256SUMS"))
            #expect(try Self.check(folder) == 0)
            try Data("other".utf8).write(to: URL(filePath: "\(folder)/w.bin"))
            #expect(try Self.check(folder) == 1)
        }
    }

    /// The exit status of `sha256sum -c`.
    private static func check(_ folder: String) throws -> Int32 {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/sha256sum")
        process.arguments = ["--strict", "--status", "-c", "SHA256SUMS"]
        process.currentDirectoryURL = URL(filePath: folder)
        try process.run()
        process.waitUntilExit()
        return process.terminationStatus
    }

    @Test func aPushMayNameManyFiles() async throws {
        let server = try await TestServer()
        try await server.run { session in
            let digest = Digest.of(Data("x".utf8))
            _ = try await session.send(.put, "namespaces/demo/blobs/\(digest)", as: "pusher", "x")
            let files = try (0..<10_000).map {
                ArtifactFile(path: try ArtifactPath("folder/file-\($0).csv"), size: 1, sha256: digest)
            }
            let body = String(decoding: try StrictJSON.encode(CreateDatasetVersion(files: files)), as: UTF8.self)
            #expect(body.utf8.count > 1 << 20)
            _ = try await session.fetch(CreatedVersion.self, .post, "datasets/demo/data/versions", body)
            let record = try await session.fetch(VersionRecord.self, .get, "datasets/demo/data/versions/latest")
            #expect(record.files.count == 10_000 && record.summary.totalSize == 10_000)
            let decision = try await session.send(
                .post, "namespaces/demo/runs", as: "pusher", String(repeating: " ", count: 2 << 20))
            #expect(decision.code == "payload-too-large")
        }
    }

    @Test func membersAndTokensAndLineageAnswer() async throws {
        let server = try await TestServer()
        try await server.run { session in
            try await session.push("models/demo/house", "weights")
            let member = try await session.fetch(
                MemberRecord.self, .put, "namespaces/demo/members/stranger", as: "admin", #"{"roles":["reader"]}"#)
            #expect(member.roles == [.reader])
            let lockout = try await session.send(
                .put, "namespaces/demo/members/demo%20admin", as: "admin", #"{"roles":["reader"]}"#)
            #expect(lockout.code == "conflict")
            let unknown = try await session.send(
                .put, "namespaces/demo/members/demo%20admin", as: "admin", #"{"roles":["owner"]}"#)
            #expect(unknown.code == "invalid-json")
            #expect(try await session.fetch(WhoAmI.self, .get, "whoami", as: "stranger").roles.count == 2)
            #expect(try await session.fetch(Page<TokenRecord>.self, .get, "tokens", as: "reader").items.count == 1)
            #expect(
                try await session.fetch(Page<NamespaceRecord>.self, .get, "namespaces", as: "reader").items.count == 1)
            let graph = try await session.fetch(
                LineageGraph.self, .get, "lineage?ref=demo%2Fhouse%3A1&direction=up", as: "reader")
            #expect(graph.root == "model:demo/house:1" && graph.nodes.count == 2)
            for (query, code) in [
                ("", "invalid-request"), ("?ref=x", "invalid-name"),
                ("?ref=demo/house:1&direction=left", "invalid-request"),
                ("?ref=commit:abc", "invalid-commit"),
            ] {
                #expect(try await session.send(.get, "lineage\(query)", as: "reader").code == code, "\(query)")
            }
        }
    }
}
