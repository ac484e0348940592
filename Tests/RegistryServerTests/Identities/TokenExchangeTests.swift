import CryptoExtras
import Foundation
import HTTPTypes
import HummingbirdTesting
import NIOCore
import Registry
import RegistryTypes
import Synchronization
import Testing

/// `POST /oauth/token`, over real sockets, with an issuer that signs with its own keys.
@Suite struct TokenExchangeTests {
    /// The time of `TestServer`, in seconds.
    static let now: Int64 = 1_700_000_000
    static let grant = "urn:ietf:params:oauth:grant-type:token-exchange"
    static let type = "urn:ietf:params:oauth:token-type:id_token"

    /// Trusts the issuer, with its keys given, and makes project 42 a pusher.
    private static func trust(
        _ issuer: IdentityIssuer, _ session: TestSession, keysURL: String? = nil, allowsReuse: Bool = false
    ) async throws {
        let provider = CreateIdentityProvider(
            name: try ResourceName("gitlab"), kind: .gitlab, issuer: IdentityIssuer.issuer,
            audience: IdentityIssuer.audience, keysURL: keysURL, keys: keysURL == nil ? issuer.keySet : nil,
            allowsReuse: allowsReuse)
        _ = try await session.fetch(
            IdentityProviderRecord.self, .post, "identity-providers", as: "root", json(provider))
        _ = try await rule("house", ["project_id": "42"], "house-ci", ["pusher@demo"], session)
    }

    @discardableResult
    private static func rule(
        _ name: String, _ claims: [String: String], _ principal: String, _ scopes: [String], _ session: TestSession
    ) async throws -> IdentityRuleRecord {
        let rule = CreateIdentityRule(
            name: try ResourceName(name), provider: try ResourceName("gitlab"), claims: claims, principal: principal,
            scopes: try scopes.map { try TokenScope($0) })
        return try await session.fetch(IdentityRuleRecord.self, .post, "identity-rules", as: "root", json(rule))
    }

    private static func json(_ value: some Encodable) throws -> String {
        String(decoding: try StrictJSON.encode(value), as: UTF8.self)
    }

    /// Sends a form.
    private static func post(
        _ session: TestSession, _ fields: [(String, String)], type: String? = "application/x-www-form-urlencoded"
    ) async throws -> TestResponse {
        let unreserved = CharacterSet.alphanumerics.union(CharacterSet(charactersIn: "-._~"))
        let form = fields.map { "\($0)=\($1.addingPercentEncoding(withAllowedCharacters: unreserved) ?? "")" }
        var headers: HTTPFields = [:]
        if let type { headers[.contentType] = type }
        return try await session.client.execute(
            uri: "/oauth/token", method: .post, headers: headers,
            body: ByteBuffer(string: form.joined(separator: "&")))
    }

    private static func exchange(_ session: TestSession, _ token: String) async throws -> TestResponse {
        try await post(
            session, [("grant_type", grant), ("subject_token_type", type), ("subject_token", token)])
    }

    private static func ask(
        _ session: TestSession, _ path: String, token: String, method: HTTPRequest.Method = .get, body: String? = nil
    ) async throws -> TestResponse {
        try await session.client.execute(
            uri: "/api/v1/" + path, method: method, headers: [.authorization: "Bearer \(token)"],
            body: body.map { ByteBuffer(string: $0) })
    }

    @Test func aGenuineTokenIsExchangedOnceForWhatTheRuleSays() async throws {
        let (server, issuer) = (try await TestServer(), try IdentityIssuer())
        try await server.run { session in
            try await Self.trust(issuer, session)
            for token in [
                try issuer.rs256(issuer.claims(at: Self.now)), try issuer.es256(issuer.claims(at: Self.now)),
            ] {
                let response = try await Self.exchange(session, token)
                try #require(response.status == .ok, "\(String(buffer: response.body))")
                #expect(response.headers[.cacheControl] == "no-store")
                let answer = try StrictJSON.decode(ExchangedToken.self, from: response.body.readableBytesView)
                #expect(answer.expiresIn == 900 && answer.tokenType == "Bearer")
                #expect(answer.issuedTokenType == "urn:ietf:params:oauth:token-type:access_token")
                let me = try await Self.ask(session, "whoami", token: answer.accessToken)
                let who = try StrictJSON.decode(WhoAmI.self, from: me.body.readableBytesView)
                #expect(who.principal.name == "house-ci" && who.principal.kind == .ci)
                #expect(who.roles == ["demo": [.pusher]])
                let members = try await Self.ask(session, "namespaces/demo/members", token: answer.accessToken)
                #expect(members.status == .forbidden)
                // Once each.
                let again = try await Self.exchange(session, token)
                #expect(again.status == .badRequest && Self.reason(again)?.contains("was exchanged before") == true)
            }
            // What happened is in the log, with the ids of the run and nobody's name.
            let page = try await session.fetch(Page<AuditRecord>.self, .get, "audit?limit=1000", as: "root")
            let entries = page.items.map(\.entry).filter {
                $0["action"]?.string?.hasPrefix("token.exchange") == true
            }
            #expect(
                entries.compactMap { $0["action"]?.string } == [
                    "token.exchange", "token.exchange.refuse", "token.exchange", "token.exchange.refuse",
                ])
            #expect(entries.allSatisfy { $0["auth"] == "oidc:gitlab" })
            #expect(
                entries.first?["after"]
                    == ["rule": "house", "claims": ["project_id": "42", "pipeline_id": "7"]])
            let texts = try page.items.map { try issuer.text($0.entry) }
            #expect(!texts.contains { $0.contains("lovelace") })
        }
    }

    @Test func aReplayIsRememberedBeyondARestartAndReuseIsAChoice() async throws {
        let (server, issuer) = (try await TestServer(), try IdentityIssuer())
        let token = try issuer.rs256(issuer.claims(at: Self.now))
        // Without an id the signed bytes are remembered, not the signature: ECDSA has many for the same bytes.
        var claims = issuer.claims(at: Self.now)
        claims["jti"] = nil
        let (first, second) = (try issuer.es256(claims), try issuer.es256(claims))
        #expect(first != second)
        try await server.run { session in
            try await Self.trust(issuer, session)
            for token in [token, first] { #expect(try await Self.exchange(session, token).status == .ok) }
        }
        // The same registry behind a new server: nothing is remembered in memory.
        try await server.run { session in
            for token in [token, first, second] {
                let response = try await Self.exchange(session, token)
                #expect(response.status == .badRequest)
            }
        }
        let lenient = try await TestServer()
        try await lenient.run { session in
            try await Self.trust(issuer, session, allowsReuse: true)
            for _ in 0..<2 { #expect(try await Self.exchange(session, token).status == .ok) }
        }
    }

    @Test func theMostSpecificRuleCountsAndItsEndIsTheTokens() async throws {
        let (server, issuer) = (try await TestServer(), try IdentityIssuer())
        try await server.run { session in
            try await Self.trust(issuer, session)
            try await Self.rule("main", ["project_id": "42", "ref": "main"], "release-ci", ["approver@demo"], session)
            func token(_ changes: [String: JSONValue]) async throws -> TestResponse {
                try await Self.exchange(
                    session, try issuer.rs256(issuer.claims(at: Self.now).merging(changes) { $1 }))
            }
            func who(_ response: TestResponse) async throws -> (String, String) {
                let text = try StrictJSON.decode(ExchangedToken.self, from: response.body.readableBytesView)
                let me = try await Self.ask(session, "whoami", token: text.accessToken)
                return (
                    try StrictJSON.decode(WhoAmI.self, from: me.body.readableBytesView).principal.name, text.accessToken
                )
            }
            let release = try await who(try await token([:]))
            #expect(release.0 == "release-ci")
            #expect(try await who(try await token(["ref": "feature"])).0 == "house-ci")
            #expect(try await token(["project_id": "43"]).status == .badRequest)
            // A number is the same text; a list or an object never is.
            #expect(try await who(try await token(["project_id": 42])).0 == "release-ci")
            for other: JSONValue in [["42"], ["42": "42"], 42.5, nil, true] {
                #expect(try await token(["project_id": other]).status == .badRequest)
            }
            // Two rules that fit equally tell nobody apart.
            try await Self.rule(
                "web", ["project_id": "42", "sub": "project:42"], "web-ci", ["reader@demo"], session)
            #expect(Self.reason(try await token([:]))?.contains("several identity rules fit") == true)
            // A rule that goes takes its tokens along.
            #expect(try await session.send(.delete, "identity-rules/main", as: "root").status == .noContent)
            #expect(try await Self.ask(session, "whoami", token: release.1).code == "token-expired")
            let web = try await who(try await token([:]))
            #expect(web.0 == "web-ci")
            #expect(try await session.send(.delete, "identity-providers/gitlab", as: "root").status == .noContent)
            #expect(try await Self.ask(session, "whoami", token: web.1).code == "token-expired")
            #expect(Self.reason(try await token([:]))?.contains("none that this server trusts") == true)
        }
    }

    /// The reason of an answer of the exchange.
    private static func reason(_ response: TestResponse) -> String? { response.problem?["error_description"]?.string }

    @Test func everyForgeryIsRefusedForItsReason() async throws {
        let (server, issuer) = (try await TestServer(), try IdentityIssuer())
        #expect(Self.forgeries.count >= 60)
        try await server.run { session in
            try await Self.trust(issuer, session)
            for forgery in Self.forgeries {
                let response = try await Self.exchange(session, try forgery.make(issuer))
                #expect(response.status == .badRequest, "\(forgery.name)")
                #expect(response.problem?["error"] == "invalid_request", "\(forgery.name)")
                #expect(
                    Self.reason(response)?.contains(forgery.reason) == true,
                    "\(forgery.name): \(Self.reason(response) ?? "")")
            }
            // The issuer's own are still accepted.
            let genuine = try await Self.exchange(session, try issuer.rs256(issuer.claims(at: Self.now)))
            #expect(genuine.status == .ok)
            print("forged tokens refused: \(Self.forgeries.count)")
        }
    }

    @Test func clocksMayBeAMinuteApart() async throws {
        let (server, issuer) = (try await TestServer(), try IdentityIssuer())
        try await server.run { session in
            try await Self.trust(issuer, session)
            for changes: [String: JSONValue] in [
                ["exp": .integer(Self.now - 59)], ["nbf": .integer(Self.now + 60)], ["iat": .integer(Self.now + 60)],
                ["aud": [.string(IdentityIssuer.audience)]], ["exp": .number(Double(Self.now) + 0.5)],
            ] {
                let token = try issuer.rs256(issuer.claims(at: Self.now).merging(changes) { $1 })
                #expect(try await Self.exchange(session, token).status == .ok, "\(changes)")
            }
        }
    }

    @Test func workflowsThatRunStrangersCodeAreRefused() async throws {
        let (server, issuer) = (try await TestServer(), try IdentityIssuer())
        try await server.run { session in
            let provider = CreateIdentityProvider(
                name: try ResourceName("github"), kind: .github, issuer: IdentityIssuer.issuer,
                audience: IdentityIssuer.audience, keys: issuer.keySet)
            _ = try await session.fetch(
                IdentityProviderRecord.self, .post, "identity-providers", as: "root", try Self.json(provider))
            func rule(_ claims: [String: String]) async throws -> TestResponse {
                let rule = CreateIdentityRule(
                    name: try ResourceName("r"), provider: try ResourceName("github"), claims: claims, principal: "gh",
                    scopes: [TokenScope(role: .pusher, namespace: try ResourceName("demo"))])
                return try await session.send(.post, "identity-rules", as: "root", try Self.json(rule))
            }
            // Names of repositories can become somebody else's.
            #expect(try await rule(["repository": "acme/house"]).status == .badRequest)
            #expect(try await rule(["sub": "repo:acme/house:ref:refs/heads/main"]).status == .badRequest)
            #expect(try await rule(["repository_id": "1296269", "repository": "acme/house"]).status == .created)
            for (event, status) in [
                ("push", HTTPResponse.Status.ok), ("pull_request_target", .badRequest), ("workflow_run", .badRequest),
            ] {
                var claims = issuer.claims(at: Self.now)
                claims["repository_id"] = "1296269"
                claims["repository"] = "acme/house"
                claims["event_name"] = .string(event)
                #expect(try await Self.exchange(session, try issuer.rs256(claims)).status == status, "\(event)")
            }
        }
    }

    @Test func aClusterIsMatchedByTheUIDOfItsServiceAccount() async throws {
        let (server, issuer) = (try await TestServer(), try IdentityIssuer())
        try await server.run { session in
            let provider = CreateIdentityProvider(
                name: try ResourceName("gitlab"), kind: .kubernetes, issuer: IdentityIssuer.issuer,
                audience: IdentityIssuer.audience, keys: issuer.keySet)
            _ = try await session.fetch(
                IdentityProviderRecord.self, .post, "identity-providers", as: "root", try Self.json(provider))
            let made = try await Self.rule(
                "serving", ["/kubernetes.io/serviceaccount/uid": "4b9f", "sub": "system:serviceaccount:ml:serve"],
                "serving", ["deployer@demo"], session)
            #expect(made.principal.kind == .service)
            for (uid, status) in [("4b9f", HTTPResponse.Status.ok), ("0000", .badRequest)] {
                var claims = issuer.claims(at: Self.now)
                claims["sub"] = "system:serviceaccount:ml:serve"
                claims["kubernetes.io"] = ["serviceaccount": ["name": "serve", "uid": .string(uid)]]
                // Its header has no type.
                #expect(try await Self.exchange(session, try issuer.es256(claims)).status == status, "\(uid)")
            }
        }
    }

    @Test func theFormIsReadStrictly() async throws {
        let (server, issuer) = (try await TestServer(), try IdentityIssuer())
        try await server.run { session in
            try await Self.trust(issuer, session)
            let token = try issuer.rs256(issuer.claims(at: Self.now))
            let good = [("grant_type", Self.grant), ("subject_token_type", Self.type), ("subject_token", token)]
            func expect(
                _ error: String, _ fields: [(String, String)], type: String? = "application/x-www-form-urlencoded"
            ) async throws {
                let response = try await Self.post(session, fields, type: type)
                #expect(response.status == .badRequest, "\(fields.map(\.0))")
                #expect(response.problem?["error"]?.string == error, "\(String(buffer: response.body))")
                #expect(response.headers[.cacheControl] == "no-store")
                #expect(!String(buffer: response.body).contains(token))
            }
            try await expect("unsupported_grant_type", [])
            try await expect("unsupported_grant_type", [("grant_type", "client_credentials")])
            try await expect("invalid_request", Array(good.prefix(2)))
            try await expect("invalid_request", [good[0], good[2]])
            try await expect("invalid_request", good + [good[2]])
            try await expect("invalid_request", good + [("actor_token", "x")])
            try await expect("invalid_request", good + [("requested_token_type", "urn:x")])
            try await expect("invalid_scope", good + [("scope", "admin")])
            try await expect(
                "invalid_request",
                [good[0], ("subject_token_type", "urn:ietf:params:oauth:token-type:saml2"), good[2]])
            try await expect("invalid_request", good, type: "application/json")
            try await expect("invalid_request", good, type: nil)
            try await expect(
                "invalid_request", [good[0], good[1], ("subject_token", String(repeating: "a", count: 40_000))])
            let empty = try await Self.post(session, good + [("scope", ""), ("resource", "https://assay.example.org")])
            #expect(empty.status == .ok)
            let get = try await session.client.execute(uri: "/oauth/token", method: .get)
            #expect(get.status == .methodNotAllowed)
        }
    }

    @Test func providersAndRulesAreChecked() async throws {
        let (server, issuer) = (try await TestServer(), try IdentityIssuer())
        try await server.run { session in
            func provider(_ change: (inout CreateIdentityProvider) -> Void) async throws -> TestResponse {
                var wanted = CreateIdentityProvider(
                    name: try ResourceName("gitlab"), kind: .gitlab, issuer: IdentityIssuer.issuer,
                    audience: IdentityIssuer.audience, keys: issuer.keySet)
                change(&wanted)
                return try await session.send(.post, "identity-providers", as: "root", try Self.json(wanted))
            }
            for address in [
                "http://ci.example.org/jwks", "ftp://ci.example.org/jwks", "file:///etc/passwd", "https://",
                "https://me:secret@ci.example.org/jwks", "jwks", "http://169.254.169.254/latest",
            ] {
                let response = try await provider {
                    $0.keys = nil
                    $0.keysURL = address
                }
                #expect(response.status == .badRequest, "\(address)")
            }
            let small = try _RSA.Signing.PrivateKey(unsafeKeySize: .init(bitCount: 1024))
            let keySets: [JSONValue] = [
                ["keys": []], [:], "keys", ["keys": [issuer.rsaKey(small, id: "small")]],
                ["keys": [issuer.rsaKey(issuer.rsa, id: "a"), issuer.ecKey(issuer.ec, id: "a")]],
                ["keys": [issuer.ecKey(issuer.ec, id: "a", members: ["d": "c2VjcmV0"])]],
                ["keys": [["kty": "oct", "kid": "a", "k": "c2VjcmV0"]]],
                ["keys": [issuer.rsaKey(issuer.rsa, id: "a", members: ["alg": "RS512"])]],
                ["keys": [issuer.rsaKey(issuer.rsa, id: "a", members: ["use": "enc"])]],
                ["keys": [issuer.ecKey(issuer.ec, id: "a", members: ["crv": "P-384"])]],
                ["keys": [issuer.ecKey(issuer.ec, id: "a", members: ["kid": 1])]],
                ["keys": .array((0..<101).map { issuer.ecKey(issuer.ec, id: "k\($0)") })],
            ]
            for keys in keySets { #expect(try await provider { $0.keys = keys }.status == .badRequest) }
            #expect(try await provider { $0.keysURL = "https://ci.example.org/jwks" }.status == .badRequest)
            #expect(try await provider { $0.issuer = "" }.status == .badRequest)
            #expect(try await provider { $0.audience = "two words" }.status == .badRequest)
            #expect(try await provider { _ in }.status == .created)
            #expect(try await provider { _ in }.code == "already-exists")

            func rule(_ change: (inout CreateIdentityRule) throws -> Void) async throws -> TestResponse {
                var wanted = CreateIdentityRule(
                    name: try ResourceName("r"), provider: try ResourceName("gitlab"), claims: ["project_id": "1"],
                    principal: "bot", scopes: [try TokenScope("pusher@demo")])
                try change(&wanted)
                return try await session.send(.post, "identity-rules", as: "root", try Self.json(wanted))
            }
            #expect(try await rule { $0.claims = [:] }.status == .badRequest)
            #expect(try await rule { $0.claims = ["project_path": "acme/house"] }.status == .badRequest)
            #expect(try await rule { $0.scopes = [] }.status == .badRequest)
            #expect(try await rule { $0.scopes = [try TokenScope("admin@demo")] }.status == .badRequest)
            #expect(try await rule { $0.scopes = [try TokenScope("pusher@absent")] }.status == .notFound)
            #expect(try await rule { $0.provider = try ResourceName("absent") }.status == .notFound)
            // A person stays a person: four eyes compare principals.
            #expect(try await rule { $0.principal = "admin" }.status == .conflict)
            #expect(try await rule { _ in }.status == .created)
            #expect(try await rule { $0.name = try ResourceName("r2") }.code == "already-exists")
            // Keys that were given are replaced.
            let rotated: JSONValue = ["keys": [issuer.ecKey(issuer.ec, id: "new")]]
            let record = try await session.fetch(
                IdentityProviderRecord.self, .put, "identity-providers/gitlab/keys", as: "root",
                try Self.json(SetIdentityKeys(keys: rotated)))
            #expect(record.keyIDs == ["new"])
            let old = try await Self.exchange(session, try issuer.es256(issuer.claims(at: Self.now)))
            #expect(Self.reason(old)?.contains("has no key") == true)
        }
    }

    @Test func manyFailuresFromOneAddressAreSlowedDownAndGenuineTokensAreNot() async throws {
        let (server, issuer) = (try await TestServer(), try IdentityIssuer())
        try await server.run { session in
            try await Self.trust(issuer, session)
            var last: TestResponse?
            for _ in 0..<101 { last = try await Self.exchange(session, "a.b.c") }
            #expect(last?.status == .tooManyRequests)
            #expect(last?.headers[.retryAfter].flatMap { Int($0) }.map { (1...60).contains($0) } == true)
            let genuine = try await Self.exchange(session, try issuer.rs256(issuer.claims(at: Self.now)))
            #expect(genuine.status == .ok)
        }
    }

    @Test func aKeyServerThatMisbehavesCostsABoundedError() async throws {
        let (server, issuer) = (try await TestServer(), try IdentityIssuer())
        try await issuer.serve { address in
            for behaviour in [
                IdentityIssuer.Behaviour.hang, .drip, .redirect, .huge, .fail, .empty, .lie,
            ] {
                // A new server each, which has fetched nothing yet.
                issuer.behaviour.withLock { $0 = behaviour }
                try await server.run { session in
                    let known = try await session.fetch(
                        Page<IdentityProviderRecord>.self, .get, "identity-providers", as: "root")
                    if known.items.isEmpty { try await Self.trust(issuer, session, keysURL: address) }
                    issuer.fetches.withLock { $0 = 0 }
                    // Many at once are one question.
                    let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                        for _ in 0..<10 {
                            let token = try issuer.rs256(issuer.claims(at: Self.now))
                            group.addTask { try await Self.exchange(session, token).status.code }
                        }
                        return try await group.reduce(into: Set<Int>()) { $0.insert($1) }
                    }
                    #expect(statuses == (behaviour == .lie ? [400] : [503]), "\(behaviour)")
                    // One that hangs was given up; on a slow machine the last asks again, ten seconds later.
                    let fetches = issuer.fetches.withLock { $0 }
                    #expect((1...2).contains(fetches), "\(behaviour)")
                }
            }
        }
    }
}
