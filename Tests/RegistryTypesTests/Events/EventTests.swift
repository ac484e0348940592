import Crypto
import Foundation
import RegistryTypes
import Testing

@Suite struct EventTests {
    @Test(arguments: [
        ("alias.move", "alias.move", true), ("alias.move", "alias.move.refuse", false),
        ("alias.move.refuse", "alias.move.refuse", true), ("alias.*", "alias.rollback", true),
        ("alias.*", "alias.move.refuse", true), ("alias.*", "version.create", false),
        ("*.refuse", "token.create.refuse", true), ("*.refuse", "token.create", false), ("*", "log.checkpoint", true),
        ("log.checkpoint", "log.checkpoint", true), ("version.*", "versions.create", false),
    ])
    func aPatternFits(pattern: String, type: String, fits: Bool) throws {
        #expect(try EventFilter([pattern]).wants(type) == fits)
    }

    @Test(arguments: [
        [], [""], ["alias"], ["alias.moved"], ["alias.mov*"], ["*move"], ["**"], [".*"], ["*."], ["al*.move"],
        ["alias.move", "nothing.*"], Array(repeating: "*", count: 51),
    ])
    func whatNoEventFitsIsRefused(patterns: [String]) {
        #expect(throws: RegistryError.self) { try EventFilter(patterns) }
    }

    @Test func aMisspeltEventIsToldWhatThereIs() {
        let error = #expect(throws: RegistryError.self) { try EventFilter(["alias.moved"]) }
        #expect(error?.message.contains("alias.move,") == true)
    }

    /// By hand as the specification says: the receiver knows what follows `whsec_`, and signs `id.timestamp.body`.
    @Test func theSignatureIsThatOfStandardWebhooks() throws {
        let id = RunID(at: 1_700_000_000_000)
        let secret = WebhookSecret(server: SymmetricKey(size: .bits256), webhook: id, generation: 1)
        let text = secret.revealed
        #expect(text.hasPrefix("whsec_"))
        let key = try #require(Data(base64Encoded: String(text.dropFirst(6))))
        #expect(key.count == 32)
        let body = #"{"type":"alias.move"}"#
        let expected = HMAC<SHA256>.authenticationCode(
            for: Data("evt_1.1700000000.\(body)".utf8), using: SymmetricKey(data: key))
        #expect(
            secret.signature(id: "evt_1", timestamp: 1_700_000_000, body: body.utf8)
                == "v1," + Data(expected).base64EncodedString())
    }

    @Test func everySecretIsAnother() {
        let server = SymmetricKey(size: .bits256)
        let (one, two) = (RunID(at: 1), RunID(at: 1))
        let secrets = [
            WebhookSecret(server: server, webhook: one, generation: 1),
            WebhookSecret(server: server, webhook: one, generation: 2),
            WebhookSecret(server: server, webhook: two, generation: 1),
            WebhookSecret(server: SymmetricKey(size: .bits256), webhook: one, generation: 1),
        ]
        #expect(Set(secrets.map(\.revealed)).count == 4)
        #expect("\(secrets[0])" == "WebhookSecret(…)")
    }

    @Test(arguments: [
        "", "hooks.example.org", "ftp://example.org/", "https://", "https:///path", "file:///etc/passwd",
        "https://user:word@example.org/", "https://user@example.org/", "https://example.org/#part",
        "https://example.org/a b", "https://example.org/\u{0}", "https://exämple.org/", "gopher://127.0.0.1:25/",
        "https://example.org/" + String(repeating: "a", count: 2000),
    ])
    func whatIsNoAddressOfAWebhookIsRefused(text: String) {
        #expect(throws: RegistryError.self) { try WebhookAddress.parse(text) }
    }

    /// Addresses of chat systems are secrets: whoever knows one may post.
    @Test func onlyThePlaceOfAnAddressIsTold() {
        #expect(
            WebhookAddress.place("https://hooks.example.org:8443/services/T0/B0/secret?token=secret")
                == "https://hooks.example.org:8443")
    }
}
