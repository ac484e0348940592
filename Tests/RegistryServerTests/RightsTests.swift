import Foundation
import HTTPTypes
import HummingbirdTesting
import NIOCore
import RegistryTypes
import Testing

/// Each role against each route.
@Suite struct RightsTests {
    struct Row: Sendable {
        let method: HTTPRequest.Method
        let path: String
        var body: String?
        let right: Permission
    }

    /// `DIGEST` and `RUN` stand for those of the version that the test pushes.
    static let rows: [Row] = [
        Row(method: .get, path: "namespaces/demo/blobs/BLOB", right: .readBytes),
        Row(method: .head, path: "namespaces/demo/blobs/BLOB", right: .readBytes),
        Row(method: .get, path: "models/demo/house/versions/1/files/w.bin", right: .readBytes),
        Row(method: .get, path: "models/demo/house/versions/1/SHA256SUMS", right: .readBytes),
        Row(method: .get, path: "datasets/demo/data/versions/1/files/w.bin", right: .readBytes),
        Row(method: .get, path: "datasets/demo/data/versions/1/SHA256SUMS", right: .readBytes),
        Row(method: .get, path: "models?namespace=demo", right: .readMetadata),
        Row(method: .get, path: "datasets?namespace=demo", right: .readMetadata),
        Row(method: .get, path: "models/demo/house", right: .readMetadata),
        Row(method: .get, path: "models/demo/house/versions", right: .readMetadata),
        Row(method: .get, path: "models/demo/house/versions/1", right: .readMetadata),
        Row(method: .get, path: "datasets/demo/data/versions/latest", right: .readMetadata),
        Row(method: .get, path: "models/demo/house/aliases", right: .readMetadata),
        Row(method: .get, path: "models/demo/house/aliases/staging/history", right: .readMetadata),
        Row(method: .get, path: "runs/RUN", right: .readMetadata),
        Row(method: .get, path: "lineage?ref=model:demo/house:1", right: .readMetadata),
        Row(method: .get, path: "lineage?ref=run:RUN", right: .readMetadata),
        Row(method: .get, path: "audit?namespace=demo", right: .readLog),
        Row(method: .get, path: "namespaces/demo/workers?gpus=2&gpu=a100", right: .reproduce),
        Row(method: .get, path: "namespaces/demo/members", right: .administer),
        Row(
            method: .put, path: "namespaces/demo/members/demo%20reader", body: #"{"roles":["reader"]}"#,
            right: .administer),
        Row(
            method: .post, path: "tokens", body: #"{"principal":"new","roles":[],"namespace":"demo"}"#,
            right: .administer),
        Row(
            method: .put, path: "models/demo/house/aliases/staging", body: #"{"version":1}"#, right: .moveAlias),
        Row(
            method: .put, path: "datasets/demo/data/aliases/staging", body: #"{"version":1}"#, right: .moveAlias),
        Row(method: .delete, path: "models/demo/house/aliases/staging", right: .moveAlias),
        Row(method: .delete, path: "datasets/demo/data/aliases/staging", right: .moveAlias),
        Row(
            method: .post, path: "namespaces/demo/runs",
            body: #"{"run":{"kind":"import","state":"failed","metrics":[],"facts":{}}}"#, right: .push),
        Row(
            method: .post, path: "models/demo/house/versions",
            body: #"{"files":[FILE],"run":{"kind":"import","state":"finished","metrics":[],"facts":{}}}"#, right: .push),
        Row(method: .post, path: "datasets/demo/data/versions", body: #"{"files":[FILE]}"#, right: .push),
        Row(
            method: .post, path: "models/demo/house/versions/1/decisions",
            body: #"{"decision":"reject","digest":"DIGEST"}"#, right: .approve),
        Row(method: .get, path: "namespaces/demo/policies", right: .readMetadata),
        Row(method: .get, path: "namespaces/demo/policies/history", right: .readMetadata),
        Row(method: .put, path: "namespaces/demo/policies", body: "{}", right: .administer),
        Row(method: .get, path: "models/demo/house/versions/1/policy", right: .readMetadata),
        Row(method: .post, path: "models/demo/house/versions/1/policy", body: "{}", right: .moveAlias),
        Row(method: .post, path: "models/demo/house/versions/1/approval-requests", body: "{}", right: .moveAlias),
        Row(method: .post, path: "models/demo/house/aliases/staging/rollback", right: .moveAlias),
        Row(method: .post, path: "datasets/demo/data/aliases/staging/rollback", right: .moveAlias),
        Row(method: .get, path: "namespaces/demo/retention", right: .readMetadata),
        Row(
            method: .put, path: "namespaces/demo/retention", body: #"{"rule":{"keepLast":9}}"#, right: .administer),
        Row(
            method: .post, path: "namespaces/demo/retention/test", body: #"{"rule":{"keepDays":9}}"#,
            right: .readMetadata),
        Row(method: .get, path: "namespaces/demo/holds", right: .readMetadata),
        Row(method: .post, path: "models/demo/house/versions/1/holds", body: #"{"reason":"x"}"#, right: .administer),
        // Kept by its alias, also from who may.
        Row(method: .delete, path: "models/demo/house/versions/1", right: .administer),
        Row(method: .delete, path: "datasets/demo/data/versions/1", right: .administer),
    ]

    @Test func everyRoleHasItsRightsAndNoMore() async throws {
        let server = try await TestServer()
        try await server.run { session in
            let version = try await session.push("models/demo/house", "weights")
            try await session.push("datasets/demo/data", "weights")
            _ = try await session.fetch(
                AliasRecord.self, .put, "models/demo/house/aliases/staging", #"{"version":1}"#)
            let blob = Digest.of(Data("weights".utf8))
            let file =
                #"{"path":"w.bin","size":7,"sha256":"\#(blob.hex)","mediaType":"text/plain","mode":"file"}"#
            func filled(_ text: String) -> String {
                text.replacing("BLOB", with: blob.description).replacing("DIGEST", with: version.digest.description)
                    .replacing("RUN", with: version.run?.text ?? "").replacing("FILE", with: file)
            }
            for row in Self.rows {
                for role in Role.allCases {
                    let response = try await session.send(
                        row.method, filled(row.path), as: role.rawValue, row.body.map(filled))
                    let label = "\(role.rawValue): \(row.method) \(row.path): \(String(buffer: response.body))"
                    if row.right.roles.contains(role) {
                        // What a role may do can still not fit, such as rejecting what is rejected already.
                        // or removing what another role has removed.
                        let isGone = row.method == .delete && response.status == .notFound
                        #expect(response.status.code < 300 || response.status == .conflict || isGone, "\(label)")
                    } else {
                        #expect(response.status == .forbidden, "\(label)")
                    }
                }
                try await Self.checkStranger(row, filled, session)
            }
        }
    }

    /// Somebody without a role gets the same answer for what is there and for what is not.
    private static func checkStranger(
        _ row: Row, _ filled: (String) -> String, _ session: TestSession
    ) async throws {
        func ask(_ namespace: String) async throws -> (Int, String?) {
            func renamed(_ text: String) -> String {
                filled(text).replacing("demo", with: namespace)
            }
            let response = try await session.send(
                row.method, renamed(row.path), as: "stranger", row.body.map(renamed))
            let detail = response.problem?["detail"]?.string
            return (response.status.code, detail?.replacing(namespace, with: "NAME"))
        }
        let hidden = try await ask("demo")
        let missing = try await ask("absent")
        #expect(hidden.0 == 404, "stranger: \(row.method) \(row.path)")
        #expect(hidden == missing, "stranger: \(row.method) \(row.path)")
    }

    @Test func theWholeLogIsForServerWideAuditorsOnly() async throws {
        let server = try await TestServer()
        try await server.run { session in
            for role in Role.allCases {
                let response = try await session.send(.get, "audit", as: role.rawValue)
                #expect(response.status == .forbidden, "\(role)")
            }
            let page = try await session.fetch(Page<AuditRecord>.self, .get, "audit?after=2&limit=2", as: "root")
            #expect(page.items.map { $0.entry["seq"]?.int } == [3, 4] && page.nextCursor != nil)
        }
    }

    @Test func refusedReadsAreEntriesAndOthersAreNot() async throws {
        let server = try await TestServer()
        try await server.run { session in
            try await session.push("models/demo/house", "weights")
            func entries() async throws -> [String] {
                try await session.fetch(Page<AuditRecord>.self, .get, "audit?namespace=demo&limit=1000", as: "root")
                    .items
                    .compactMap { $0.entry["action"]?.string }
            }
            let before = try await entries()
            for (path, role) in [
                ("models/demo/house/versions/1", "reader"), ("models/demo/house/versions/1/files/w.bin", "reader"),
                ("models/demo/house/versions/7", "reader"), ("models/demo/house/versions/1", "stranger"),
                ("models/demo/house/versions/1/files/w.bin", "deployer"),
                ("models/demo/house/versions/1/SHA256SUMS", "auditor"),
                ("namespaces/demo/blobs/\(Digest.of(Data("weights".utf8)))", "deployer"),
                ("namespaces/demo/members", "reader"),
            ] { _ = try await session.send(.get, path, as: role) }
            #expect(
                try await Array(entries().dropFirst(before.count)) == [
                    "version.show.refuse", "version.fetch.refuse", "version.fetch.refuse", "blob.fetch.refuse",
                    "member.list.refuse",
                ])
        }
    }
}
