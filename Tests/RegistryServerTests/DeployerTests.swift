import Foundation
import HTTPTypes
import HummingbirdTesting
import NIOCore
import RegistryTypes
import Testing

/// Approved-only holds on every route to bytes, by whatever name a version is asked for.
@Suite struct DeployerTests {
    private static func paths(_ version: VersionSummary) -> [String] {
        ["1", "staging", version.digest.description, "latest"].flatMap { selector in
            ["files/w.bin", "SHA256SUMS"].map { "models/demo/house/versions/\(selector)/\($0)" }
        }
    }

    private static func expectNothing(_ session: TestSession, _ version: VersionSummary, _ when: String) async throws {
        for path in paths(version) {
            let response = try await session.send(.get, path, as: "deployer")
            #expect(response.status == .forbidden && response.code == "version-not-approved", "\(when): \(path)")
            if path.hasSuffix("w.bin") {
                let head = try await session.send(.head, path, as: "deployer")
                #expect(head.status == .forbidden, "\(when): HEAD \(path)")
                let part = try await session.send(.get, path, as: "deployer", headers: [.range: "bytes=0-1"])
                #expect(part.status == .forbidden, "\(when): range of \(path)")
                let known = try await session.send(
                    .get, path, as: "deployer", headers: [.ifNoneMatch: "\"\(Digest.of(Data("weights".utf8)))\""])
                #expect(known.status == .forbidden, "\(when): If-None-Match on \(path)")
            }
        }
        let blob = try await session.send(
            .get, "namespaces/demo/blobs/\(Digest.of(Data("weights".utf8)))", as: "deployer")
        #expect(blob.status == .forbidden && blob.code == "forbidden", "\(when): blob")
    }

    @Test func onlyApprovedVersionsAreServed() async throws {
        let server = try await TestServer()
        try await server.run { session in
            let version = try await session.push("models/demo/house", "weights")
            _ = try await session.fetch(
                AliasRecord.self, .put, "models/demo/house/aliases/staging", #"{"version":1}"#)
            try await Self.expectNothing(session, version, "pending")
            try await session.decide(.approve, version)
            _ = try await session.fetch(
                AliasRecord.self, .put, "models/demo/house/aliases/production", #"{"version":1}"#)
            for path in Self.paths(version) + ["models/demo/house/versions/production/files/w.bin"] {
                let response = try await session.send(.get, path, as: "deployer")
                // What was pushed last may be anything: `latest` is never served to who fetches approved ones.
                #expect(response.status == (path.contains("latest") ? .forbidden : .ok), "\(path)")
                if path.contains("latest") { #expect(response.code == "version-not-approved") }
            }
            try await session.decide(.withdraw, version)
            try await Self.expectNothing(session, version, "withdrawn")
            let production = try await session.send(
                .get, "models/demo/house/versions/production/files/w.bin", as: "deployer")
            #expect(production.code == "version-not-approved")
            try await session.decide(.reject, version)
            try await Self.expectNothing(session, version, "rejected")
            // Others read what they like.
            let reader = try await session.send(.get, "models/demo/house/versions/latest/files/w.bin", as: "reader")
            #expect(String(buffer: reader.body) == "weights")
        }
    }

    @Test func theSameBytesInAnUnapprovedVersionStayClosed() async throws {
        let server = try await TestServer()
        try await server.run { session in
            let first = try await session.push("models/demo/house", "weights")
            try await session.push("models/demo/house", "weights")
            try await session.decide(.approve, first)
            let open = try await session.send(.get, "models/demo/house/versions/1/files/w.bin", as: "deployer")
            let closed = try await session.send(.get, "models/demo/house/versions/2/files/w.bin", as: "deployer")
            #expect(open.status == .ok && closed.code == "version-not-approved")
        }
    }

    /// Datasets have no approvals, so there is nothing in them that a deployer may have.
    @Test func datasetsAreNotForDeployers() async throws {
        let server = try await TestServer()
        try await server.run { session in
            try await session.push("datasets/demo/data", "1,2\n")
            for path in ["1/files/w.bin", "latest/files/w.bin", "1/SHA256SUMS"] {
                for role in ["deployer", "auditor"] {
                    let refused = try await session.send(.get, "datasets/demo/data/versions/\(path)", as: role)
                    #expect(refused.code == "forbidden")
                }
                let reader = try await session.send(.get, "datasets/demo/data/versions/\(path)", as: "reader")
                #expect(reader.status == .ok)
            }
        }
    }
}
