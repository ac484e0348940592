import Foundation
import HTTPTypes
import HummingbirdTesting
import NIOCore
import Registry
import RegistryTypes
import Testing

/// Who may read what of the signed log.
@Suite struct LogRouteTests {
    @Test func entriesOfAllNamespacesAreForServerWideAuditorsOnly() async throws {
        let server = try await TestServer()
        try await server.run { session in
            try await session.push("models/demo/house", "weights")
            let early = try await session.send(.get, "audit/checkpoint", as: "reader")
            #expect(early.code == "busy" && early.headers[.retryAfter] == "1")
            try await server.registry.signCheckpoint()
            let status = try await session.fetch(LogStatus.self, .get, "audit/status", as: "stranger")
            let size = status.entries
            #expect(status.checkpoint != nil && status.refusal == nil && size < 256)
            for path in ["audit/tile/0/000.p/\(size)", "audit/tile/entries/000.p/\(size)"] {
                for role in Role.allCases.map(\.rawValue) + ["stranger"] {
                    let response = try await session.send(.get, path, as: role)
                    #expect(response.status == .forbidden, "\(role): \(path)")
                }
                let response = try await session.send(.get, path, as: "root")
                #expect(response.status == .ok && response.headers[.contentType] == "application/octet-stream")
                #expect(response.headers[.cacheControl]?.contains("immutable") == true)
                #expect(response.headers[.cacheControl]?.contains("private") == true)
            }
            for path in ["0/000", "0/000.p/\(size + 1)", "1/000.p/1", "0/x", "entries/000.p/0"] {
                let response = try await session.send(.get, "audit/tile/\(path)", as: "root")
                #expect(response.status == .notFound, "\(path)")
            }
            // That the log only grows is for everybody with a token, and for nobody without.
            for path in ["audit/checkpoint", "audit/status", "audit/proofs/consistency?from=3"] {
                let response = try await session.send(.get, path, as: "deployer")
                #expect(response.status == .ok, "\(path)")
                let stranger = try await session.client.execute(uri: "/api/v1/" + path, method: .get)
                #expect(stranger.status == .unauthorized, "\(path)")
            }
        }
    }

    @Test func aProofIsForWhoMayReadTheEntry() async throws {
        let server = try await TestServer()
        try await server.run { session in
            let version = try await session.push("models/demo/house", "weights")
            try await session.push("datasets/demo/data", "weights")
            try await server.registry.signCheckpoint()
            let entries = try await session.fetch(
                Page<AuditRecord>.self, .get, "audit?namespace=demo&limit=1000", as: "auditor"
            ).items
            let made = try #require(entries.first { $0.entry["digest"]?.string == version.digest.description })
            let number = try #require(made.entry["seq"]?.int)
            let proof = try await session.fetch(
                InclusionProof.self, .get, "audit/proofs/inclusion?entry=\(number)", as: "auditor")
            #expect(proof.leaf == made.leaf && !proof.hashes.isEmpty)
            for (role, entry) in [("reader", number), ("auditor", 0), ("stranger", number)] {
                let response = try await session.send(.get, "audit/proofs/inclusion?entry=\(entry)", as: role)
                #expect(response.status == .forbidden, "\(role): \(entry)")
            }
            for query in ["", "?entry=x", "?entry=-1", "?entry=1&size=x"] {
                let response = try await session.send(.get, "audit/proofs/inclusion\(query)", as: "root")
                #expect(response.status == .badRequest, "\(query)")
            }
            for path in ["models/demo/house/versions/1/tlog-proof", "datasets/demo/data/versions/latest/tlog-proof"] {
                for role in Role.allCases {
                    let response = try await session.send(.get, path, as: role.rawValue)
                    #expect(response.status == .ok, "\(role): \(path)")
                    #expect(String(buffer: response.body).hasPrefix("c2sp.org/tlog-proof@v1\nextra "))
                }
                let hidden = try await session.send(.get, path, as: "stranger")
                #expect(hidden.status == .notFound)
            }
        }
    }

    @Test func keysAndEpochsAreForAdministratorsOfTheServer() async throws {
        let server = try await TestServer()
        try await server.run { session in
            try await server.registry.signCheckpoint()
            for role in Role.allCases {
                for (path, body) in [("audit/keys/rotate", "{}"), ("audit/epochs", #"{"reason":"x"}"#)] {
                    let response = try await session.send(.post, path, as: role.rawValue, body)
                    #expect(response.status == .forbidden, "\(role): \(path)")
                }
            }
            let key = try await session.fetch(LogKeyRecord.self, .post, "audit/keys/rotate", as: "root", "{}")
            #expect(key.validUntil == nil)
            let refused = try await session.send(.post, "audit/epochs", as: "root", #"{"reason":"x"}"#)
            #expect(refused.code == "conflict")
        }
    }
}
