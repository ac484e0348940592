import Foundation
import HTTPTypes
import HummingbirdTesting
import NIOCore
import RegistryTypes
import Synchronization
import Testing

/// What the trials of `Trial.all` are about, made on a `TestServer`, and everybody who tries.
struct MatrixWorld: Sendable {
    let session: TestSession
    /// What the words in capitals stand for.
    let words: [String: String]
    /// The tokens of the jobs that `JOB`, `ENDING` and `RETURNED` name.
    let jobTokens: [String: String]
    /// The push of a version with a recipe.
    let trained: String

    private static let counter = Mutex(0)

    /// A path or body with the words filled in.
    func filled(_ text: String) -> String {
        var text = text
        for (word, value) in words { text = text.replacing(word, with: value) }
        let number = Self.counter.withLock { counter in
            counter += 1
            return counter
        }
        return text.replacing("UNIQUE", with: "n\(number)")
    }

    /// Makes everything.
    static func make(_ session: TestSession, _ server: TestServer) async throws -> MatrixWorld {
        var words: [String: String] = [:]
        let version = try await session.push("models/demo/house", "weights")
        for path in ["datasets/demo/data", "datasets/demo/leaving"] { try await session.push(path, "weights") }
        for path in ["models/demo/house", "datasets/demo/data"] {
            for alias in ["staging", "leaving"] {
                _ = try await session.fetch(AliasRecord.self, .put, "\(path)/aliases/\(alias)", #"{"version":1}"#)
            }
        }
        let blob = Digest.of(Data("weights".utf8))
        words["BLOB"] = blob.description
        words["FILE"] =
            #"{"path":"w.bin","size":7,"sha256":"\#(blob.hex)","mediaType":"text/plain","mode":"file"}"#
        words["DIGEST"] = version.digest.description
        words["RUN"] = version.run?.text ?? ""
        let (source, trained) = try await train(session)
        words["SOURCE"] = source.description
        words["REPRODUCTION"] = try await session.fetch(
            ReproductionRecord.self, .post, "models/demo/trained/versions/1/reproductions", #"{"kind":"retrain"}"#
        ).id.text
        let text = Data("another".utf8)
        words["UPLOAD"] = try await session.fetch(
            UploadRecord.self, .post, "namespaces/demo/uploads",
            #"{"sha256":"\#(Digest.of(text))","size":7}"#
        ).id?.text
        words["HOLD"] = try await session.fetch(
            HoldRecord.self, .post, "datasets/demo/data/versions/1/holds", as: "root", #"{"reason":"x"}"#
        ).id.text
        words["OVERRIDE"] = try await session.fetch(
            OverrideRecord.self, .post, "models/demo/house/versions/1/overrides", as: "admin",
            #"{"reason":"nothing else works","hours":1}"#
        ).id.text
        for word in ["HOOK", "PARTING"] {
            words[word] = try await session.fetch(
                WebhookWithSecret.self, .post, "webhooks", as: "admin",
                #"{"url":"https://1.1.1.1/hook","namespace":"demo","events":["alias.*"]}"#
            ).webhook.id.text
        }
        words["DECISION"] = try await session.fetch(
            PolicyTest.self, .post, "models/demo/house/versions/1/policy", "{}"
        ).digest.description
        words["FSCK"] = try await session.fetch(UpkeepRecord.self, .post, "fsck", as: "root", "{}").id.text
        words["BACKUP"] = try await session.fetch(UpkeepRecord.self, .post, "backups", as: "root", "{}").id.text

        var tokens = session.tokens
        try await addIdentities(&words, session)
        try await addActors(&tokens, &words, session)
        var jobTokens: [String: String] = [:]
        for word in ["JOB", "ENDING", "RETURNED"] {
            let local = try await session.fetch(
                LocalReproduction.self, .post, "models/demo/trained/versions/1/reproductions/local",
                #"{"kind":"retrain"}"#)
            words[word] = local.record.id.text
            let token: String = try #require(local.token, "\(local.record)")
            jobTokens[word] = token
        }
        return MatrixWorld(
            session: TestSession(client: session.client, tokens: tokens), words: words, jobTokens: jobTokens,
            trained: trained)
    }

    /// Pushes and approves a version that a recipe made; returns the digest of its source, and the push.
    private static func train(_ session: TestSession) async throws -> (source: Digest, push: String) {
        func object(_ type: GitObjectType, _ content: Data) -> (GitObjectID, Data) {
            let bytes = Data(type.header(size: content.count)) + content
            var hasher = GitObjectHasher(.sha1)
            bytes.withUnsafeBytes { hasher.update($0) }
            return (hasher.finish(), bytes)
        }
        let (tree, treeBytes) = object(.tree, Data())
        let who = "A <a@example.org> 1700000000 +0000"
        let (commit, commitBytes) = object(
            .commit, Data("tree \(tree.hex)\nauthor \(who)\ncommitter \(who)\n\nfirst\n".utf8))
        let bundle = commitBytes + treeBytes
        let digest = Digest.of(bundle)
        let sent = try await session.client.execute(
            uri: "/api/v1/namespaces/demo/blobs/\(digest)", method: .put,
            headers: [.authorization: "Bearer \(try #require(session.tokens["pusher"]))"],
            body: ByteBuffer(bytes: bundle))
        #expect(sent.status.code < 300)
        let recipe = Recipe(
            source: Recipe.Source(
                url: nil, commit: try GitCommit(commit.hex), subfolder: "", bundle: digest),
            inputs: [], parameters: [:], seed: 1, env: [:], environment: .init(kind: .host),
            train: ["/usr/bin/python3", "train.py"], evaluate: nil,
            outputs: [Recipe.Output(path: try ArtifactPath("w.bin"), role: .weights, phase: .train)],
            compare: .init(), resources: .init(), timeouts: .init())
        let file = ArtifactFile(path: try ArtifactPath("w.bin"), size: 7, sha256: Digest.of(Data("weights".utf8)))
        let push = CreateModelVersion(files: [file], run: RunDescription(kind: .train, recipe: recipe))
        let text = String(decoding: try StrictJSON.encode(push), as: UTF8.self)
        let version = try await session.fetch(
            CreatedVersion.self, .post, "models/demo/trained/versions", text
        ).version
        try await session.decide(.approve, version)
        return (digest, text)
    }

    private static func addIdentities(_ words: inout [String: String], _ session: TestSession) async throws {
        let issuer = try IdentityIssuer()
        words["KEYS"] = try issuer.text(issuer.keySet)
        for name in ["given", "leaving"] {
            let provider = CreateIdentityProvider(
                name: try ResourceName(name), kind: .other, issuer: name, audience: "a", keys: issuer.keySet)
            _ = try await session.fetch(
                IdentityProviderRecord.self, .post, "identity-providers", as: "root",
                String(decoding: try StrictJSON.encode(provider), as: UTF8.self))
        }
        let rule = CreateIdentityRule(
            name: try ResourceName("leaving"), provider: try ResourceName("given"), claims: ["sub": "1"],
            principal: "leaving", scopes: [try TokenScope("reader@demo")])
        _ = try await session.fetch(
            IdentityRuleRecord.self, .post, "identity-rules", as: "root",
            String(decoding: try StrictJSON.encode(rule), as: UTF8.self))
    }

    /// Everybody but the roles, `root` and `stranger`, whom the server has.
    private static func addActors(
        _ tokens: inout [String: String], _ words: inout [String: String], _ session: TestSession
    ) async throws {
        func token(_ body: String) async throws -> NewToken {
            try await session.fetch(NewToken.self, .post, "tokens", as: "root", body)
        }
        tokens["nobody"] = try await token(#"{"principal":"nobody"}"#).token
        for role in Role.allCases {
            tokens["root as \(role.rawValue)"] = try await token(
                #"{"principal":"admin","scopes":[{"role":"\#(role.rawValue)","namespace":"demo"}]}"#
            ).token
        }
        tokens["root elsewhere"] = try await token(
            #"{"principal":"admin","scopes":[{"role":"admin","namespace":"other"}]}"#
        ).token
        _ = try await token(#"{"principal":"forgotten"}"#)
        words["SPARE"] = try await token(#"{"principal":"spare"}"#).record.id
        _ = try await session.fetch(
            CertificateNameRecord.self, .post, "certificate-names", as: "root",
            #"{"name":"DNS:leaving","principal":"spare"}"#)
        for name in ["worker", "departing"] {
            tokens[name] = try await session.fetch(
                NewToken.self, .post, "workers", as: "root", #"{"name":"\#(name)"}"#
            ).token
        }
        let ended = try await token(#"{"principal":"nobody"}"#)
        _ = try await session.send(.delete, "tokens/\(ended.record.id)", as: "root")
        tokens["ended"] = ended.token
    }
}
