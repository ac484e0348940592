import Foundation
import HTTPTypes
import HummingbirdTesting
import NIOCore
import RegistryTypes
import Testing

/// What was pushed is a file to keep for whoever fetches it, whatever it says that it is: MLflow's CVE-2023-6568 and kin.
@Suite struct AttachmentTests {
    private static let page = "<!DOCTYPE html><script>alert(document.cookie)</script>"

    private static func push(
        _ session: TestSession, file: String, mediaType: String
    ) async throws -> TestResponse {
        let digest = Digest.of(Data(page.utf8))
        _ = try await session.send(.put, "namespaces/demo/blobs/\(digest)", as: "pusher", page)
        let body: JSONValue = [
            "files": [
                [
                    "path": .string(file), "size": .integer(page.utf8.count), "sha256": .string(digest.hex),
                    "mediaType": .string(mediaType), "mode": "file",
                ]
            ], "run": ["kind": "import", "state": "finished", "metrics": [], "facts": [:]],
        ]
        return try await session.send(
            .post, "models/demo/house/versions", as: "pusher",
            String(decoding: try body.canonicalBytes(), as: UTF8.self))
    }

    @Test func aPageIsAnAttachmentThatRunsNothing() async throws {
        let server = try await TestServer()
        try await server.run { session in
            for (number, name) in ["page.html", "a b.svg", "\"; filename=x.html", "é.html", "a;b,c=d.xhtml"]
                .enumerated()
            {
                #expect(try await Self.push(session, file: name, mediaType: "text/html").status == .created, "\(name)")
                let path = name.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
                let answer = try await session.send(
                    .get, "models/demo/house/versions/\(number + 1)/files/\(path)", as: "reader")
                #expect(answer.status == .ok, "\(name)")
                #expect(
                    answer.headers[.contentDisposition] == "attachment; filename*=UTF-8''\(path)",
                    "\(answer.headers)")
                #expect(answer.headers[.xContentTypeOptions] == "nosniff")
                #expect(answer.headers[.contentSecurityPolicy]?.contains("sandbox") == true)
            }
        }
    }

    /// A media type is one, and no line of a header more.
    @Test(arguments: [
        "text/html\r\nSet-Cookie: a=b", "text/html\nX-A: b", "text/html\u{0}", "text/html\r\n\r\n<script>", "", " ",
        "html", "text/", "/html", "text/html, text/plain", "téxt/html", String(repeating: "a", count: 300) + "/b",
    ]) func aMediaTypeSmugglesNoHeader(mediaType: String) async throws {
        let server = try await TestServer()
        try await server.run { session in
            let pushed = try await Self.push(session, file: "a.bin", mediaType: mediaType)
            #expect(pushed.status == .badRequest, "\(String(buffer: pushed.body))")
        }
    }
}
