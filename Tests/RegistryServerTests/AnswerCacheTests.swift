import Foundation
import HTTPTypes
import HummingbirdTesting
import RegistryTypes
import Testing

/// Answers that are kept are never older than the last write, and only for those who may ask.
@Suite struct AnswerCacheTests {
    @Test func aMoveOrDecisionIsSeenAtOnce() async throws {
        try await TestServer().run { session in
            let first = try await session.push("models/demo/m", "one")
            let second = try await session.push("models/demo/m", "two")
            let path = "models/demo/m/versions/candidate"
            for version in [first, second, first] {
                _ = try await session.send(
                    .put, "models/demo/m/aliases/candidate", as: "pusher", #"{"version":\#(version.number)}"#)
                for _ in 1...3 {
                    let record = try await session.fetch(VersionRecord.self, .get, path)
                    #expect(record.summary.number == version.number)
                }
            }
            try await session.decide(.approve, first)
            let approved = try await session.fetch(VersionRecord.self, .get, path)
            #expect(approved.summary.approval == .approved)
            try await session.decide(.withdraw, first)
            let withdrawn = try await session.fetch(VersionRecord.self, .get, path)
            #expect(withdrawn.summary.approval == .withdrawn)
        }
    }

    @Test func whatOnePrincipalReadIsNotAnothers() async throws {
        try await TestServer().run { session in
            try await session.push("models/demo/m", "one")
            _ = try await session.fetch(VersionRecord.self, .get, "models/demo/m/versions/1")
            let stranger = try await session.send(.get, "models/demo/m/versions/1", as: "stranger")
            #expect(stranger.status == .notFound)
            #expect(stranger.code == "not-found")
        }
    }
}
