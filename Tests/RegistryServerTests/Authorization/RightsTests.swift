import Foundation
import HTTPTypes
import HummingbirdTesting
import NIOCore
import RegistryTypes
import Testing

/// Who reads the log, and what it says of refusals; `AuthorizationMatrixTests` has each role against each route.
@Suite struct RightsTests {
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
