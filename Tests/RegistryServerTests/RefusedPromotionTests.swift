import Foundation
import HTTPTypes
import HummingbirdTesting
import NIOCore
import RegistryTypes
import Testing

/// A promotion that must not pass, tried in many ways over HTTP: `production` stays where it is.
@Suite struct RefusedPromotionTests {
    /// One way to get a version into production that must not get there.
    struct Attempt: Sendable {
        let name: String
        /// The policy of the namespace, without its schema.
        var policy = ""
        /// What is done before the move; gets the version that was pushed for it.
        var preparation: @Sendable (TestSession, VersionSummary) async throws -> Void = { _, _ in }
        /// The text of the file that is pushed.
        var file = (name: "w.bin", text: "other weights")
        var metrics = "[]"
        var mover = "approver"
        var headers: [HTTPField.Name: String] = [:]
        let status: Int
        let code: String
    }

    static let attempts: [Attempt] = [
        Attempt(name: "nobody approved it", status: 403, code: "version-not-approved"),
        Attempt(
            name: "its pusher approves it, as an administrator too",
            preparation: { session, version in
                let token = try await session.fetch(
                    NewToken.self, .post, "tokens", as: "root",
                    #"{"principal":"demo pusher","roles":["admin"],"namespace":"demo"}"#)
                let again = TestSession(client: session.client, tokens: ["self": token.token])
                let answer = try await again.send(
                    .post, path(version) + "/decisions", as: "self",
                    #"{"decision":"approve","digest":"\#(version.digest)"}"#)
                #expect(answer.status == .forbidden && answer.code == "four-eyes")
            }, status: 403, code: "version-not-approved"),
        Attempt(
            name: "somebody without the right moves it",
            preparation: { session, version in try await session.decide(.approve, version) }, mover: "deployer",
            status: 403, code: "forbidden"),
        Attempt(
            name: "an administrator of another namespace moves it",
            preparation: { session, version in try await session.decide(.approve, version) }, mover: "stranger",
            status: 404, code: "not-found"),
        Attempt(
            name: "it was approved and rejected again",
            preparation: { session, version in
                try await session.decide(.approve, version)
                try await session.decide(.reject, version)
            }, status: 403, code: "version-not-approved"),
        Attempt(
            name: "one approval of two", policy: #""approvals":{"count":2}"#,
            preparation: { session, version in try await approve(session, version) }, status: 409,
            code: "policy-violated"),
        Attempt(
            name: "it was approved before the policy was set", policy: "",
            preparation: { session, version in
                try await session.decide(.approve, version)
                try await setPolicy(session, #""otherFiles":["*.md"]"#)
            }, status: 409, code: "policy-violated"),
        Attempt(
            name: "an approval sends back other evidence than there is", policy: #""approvals":{"count":1}"#,
            preparation: { session, version in
                let seen = try await session.fetch(PolicyTest.self, .get, path(version) + "/policy", as: "approver")
                var evidence = seen.evidence
                evidence.flags = ["invented"]
                let body = try StrictJSON.encode(
                    DecideVersion(decision: .approve, digest: version.digest, evidence: evidence))
                let answer = try await session.send(
                    .post, path(version) + "/decisions", as: "approver", String(decoding: body, as: UTF8.self))
                #expect(answer.status.code == 412)
            }, status: 409, code: "policy-violated"),
        Attempt(
            name: "no reproduction", policy: #""verdict":{"kind":"retrain","atLeast":"bit-identical"}"#,
            preparation: { session, version in try await approve(session, version) }, status: 409,
            code: "policy-violated"),
        Attempt(
            name: "values that are no numbers",
            preparation: { session, version in
                let answer = try await session.send(
                    .post, path(version) + "/decisions", as: "approver",
                    #"{"decision":"approve","digest":"\#(version.digest)"}"#)
                #expect(answer.code == "nonfinite-version")
            }, metrics: #"[{"name":"mse","step":0,"class":"nan"}]"#, status: 409, code: "nonfinite-version"),
        Attempt(
            name: "worse than what is in production",
            policy: #""comparisons":[{"name":"acc","better":"higher","notWorseThanPercent":1}]"#,
            preparation: { session, version in try await approve(session, version) },
            metrics: #"[{"name":"acc","step":0,"class":"finite","value":0.8}]"#, status: 409, code: "policy-violated"),
        Attempt(
            name: "a pickle that runs a shell", policy: #""scan":{}"#,
            preparation: { session, version in try await approve(session, version) },
            file: ("w.pkl", "cposix\nsystem\n(S'true'\ntR."), status: 409, code: "policy-violated"),
        Attempt(
            name: "a container that nobody knows", policy: #""scan":{}"#,
            preparation: { session, version in try await approve(session, version) }, file: ("w.7z", "7z\u{1}"),
            status: 409, code: "policy-violated"),
        Attempt(
            name: "a move that expects another version there",
            preparation: { session, version in try await session.decide(.approve, version) },
            headers: [.ifMatch: "\"7\""], status: 412, code: "precondition-failed"),
        Attempt(
            name: "an override of one administrator alone",
            preparation: { session, version in
                let asked = try await session.fetch(
                    OverrideRecord.self, .post, path(version) + "/overrides", as: "admin",
                    #"{"reason":"it is urgent, really","hours":1}"#)
                let again = try await session.send(.post, "overrides/\(asked.id)/confirm", as: "admin", "{}")
                #expect(again.status == .forbidden && again.code == "four-eyes")
            }, status: 403, code: "version-not-approved"),
    ]

    private static func path(_ version: VersionSummary) -> String {
        "models/\(version.name)/versions/\(version.number)"
    }

    private static func setPolicy(_ session: TestSession, _ rules: String) async throws {
        let policy = rules.isEmpty ? "null" : #"{"schema":"policy/v1",\#(rules)}"#
        let body = rules.isEmpty ? "{}" : #"{"policy":\#(policy)}"#
        _ = try await session.fetch(Page<PolicyRecord>.self, .put, "namespaces/demo/policies", as: "admin", body)
    }

    /// Approves as somebody who looked.
    private static func approve(_ session: TestSession, _ version: VersionSummary) async throws {
        let seen = try await session.fetch(PolicyTest.self, .get, path(version) + "/policy", as: "approver")
        let body = try StrictJSON.encode(
            DecideVersion(decision: .approve, digest: version.digest, evidence: seen.evidence))
        _ = try await session.fetch(
            ApprovalRecord.self, .post, path(version) + "/decisions", as: "approver",
            String(decoding: body, as: UTF8.self))
    }

    private static func push(
        _ session: TestSession, file: (name: String, text: String), metrics: String
    ) async throws -> VersionSummary {
        let digest = Digest.of(Data(file.text.utf8))
        _ = try await session.send(.put, "namespaces/demo/blobs/\(digest)", as: "pusher", file.text)
        let entry = ArtifactFile(path: try ArtifactPath(file.name), size: Int64(file.text.utf8.count), sha256: digest)
        let body =
            #"{"files":[\#(String(decoding: try StrictJSON.encode(entry), as: UTF8.self))],"#
            + #""run":{"kind":"import","state":"finished","facts":{},"metrics":\#(metrics)}}"#
        return try await session.fetch(
            CreatedVersion.self, .post, "models/demo/house/versions", as: "pusher", body
        ).version
    }

    @Test(arguments: attempts.indices) func productionStaysWhereItIs(_ index: Int) async throws {
        let attempt = Self.attempts[index]
        let server = try await TestServer()
        try await server.run { session in
            let good = try await Self.push(
                session, file: ("w.bin", "weights"), metrics: #"[{"name":"acc","step":0,"class":"finite","value":0.9}]"#
            )
            try await session.decide(.approve, good)
            _ = try await session.fetch(
                AliasRecord.self, .put, "models/demo/house/aliases/production", as: "approver", #"{"version":1}"#)
            let bad = try await Self.push(session, file: attempt.file, metrics: attempt.metrics)
            if !attempt.policy.isEmpty { try await Self.setPolicy(session, attempt.policy) }
            try await attempt.preparation(session, bad)
            let moved = try await session.send(
                .put, "models/demo/house/aliases/production", as: attempt.mover, #"{"version":2}"#,
                headers: attempt.headers)
            #expect(
                Int(moved.status.code) == attempt.status && moved.code == attempt.code,
                "\(attempt.name): \(moved.problem ?? .null)")
            let history = try await session.fetch(
                Page<AliasRecord>.self, .get, "models/demo/house/aliases/production/history", as: "reader")
            #expect(history.items.map(\.version) == [1], "\(attempt.name)")
            let served = try await session.send(
                .get, "models/demo/house/versions/production/files/w.bin", as: "deployer")
            #expect(String(buffer: served.body) == "weights", "\(attempt.name)")
            // Who may not see it leaves no trace of what it is, but the attempt is in the log, unless it only was too late.
            let entries = try await session.fetch(
                Page<AuditRecord>.self, .get, "audit?limit=1000", as: "root"
            ).items.compactMap { $0.entry["action"]?.string }
            #expect(entries.contains("alias.move.refuse") == (attempt.status != 412), "\(attempt.name)")
        }
    }
}
