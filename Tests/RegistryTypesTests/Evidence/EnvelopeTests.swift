import Foundation
import RegistryTypes
import Testing

/// Keys by the examples of RFC 8410, envelopes by the one of DSSE; everything else is refused.
@Suite struct EnvelopeTests {
    /// RFC 8410 §10.3 and §10.1.
    private static let secret = """
        -----BEGIN PRIVATE KEY-----
        MC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC
        -----END PRIVATE KEY-----

        """
    private static let known = """
        -----BEGIN PUBLIC KEY-----
        MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=
        -----END PUBLIC KEY-----

        """
    private static let payload = Data(#"{"a":1}"#.utf8)

    @Test func readsAndWritesTheKeysOfTheStandard() throws {
        let key = try #require(SigningKey(pem: Self.secret))
        #expect(key.revealed == Self.secret)
        #expect(try key.publicKey.pem == Self.known)
        #expect(try PublicKey(pem: Self.known) == key.publicKey)
        // openssl pkey -pubin -outform DER | sha256sum
        #expect(try key.publicKey.id.hex == "a1e9156054e04fac899ae9f275132cdc07a5dbc4ea2c2ad3a1ffc6e0d253681f")
        #expect(try key.publicKey.der.count == 44)
    }

    @Test(arguments: [
        "", "nonsense", known.replacingOccurrences(of: "PUBLIC", with: "PRIVATE"),
        known.replacingOccurrences(of: "MCow", with: "MCoA"), known.replacingOccurrences(of: "ZuE=", with: "ZuE"),
        known.replacingOccurrences(of: "ZuE=", with: ""), known + known,
    ]) func refusesWhatIsNoKey(text: String) {
        #expect { try PublicKey(pem: text) } throws: { ($0 as? RegistryError)?.code == .invalidRequest }
        #expect(SigningKey(pem: text) == nil)
    }

    @Test func encodesAsDSSESays() {
        let example = Envelope.preAuthenticationEncoding(
            Data("hello world".utf8), type: "http://example.com/HelloWorld")
        #expect(String(decoding: example, as: UTF8.self) == "DSSEv1 29 http://example.com/HelloWorld 11 hello world")
    }

    @Test func whatWasSignedIsFoundRightAndNothingElse() throws {
        let key = try #require(SigningKey(pem: Self.secret))
        let envelope = try Envelope(signing: Self.payload, with: key)
        #expect(try envelope.payload(signedBy: key.publicKey) == Self.payload)
        #expect(envelope.signatures.map(\.keyid) == [try key.publicKey.id.hex])
        for index in Self.payload.indices {
            var other = Self.payload
            other[index] ^= 1
            var forged = envelope
            forged.payload = other.base64EncodedString()
            expectRefused(forged, by: try key.publicKey)
        }
        var forged = envelope
        forged.payloadType = "text/plain"
        expectRefused(forged, by: try key.publicKey)
        forged = envelope
        forged.signatures = []
        expectRefused(forged, by: try key.publicKey)
        forged = envelope
        forged.payload = "§"
        expectRefused(forged, by: try key.publicKey)
        // The id is a hint: another key does not become right by it.
        expectRefused(envelope, by: try SigningKey().publicKey)
    }

    @Test func readsBothAlphabetsOfBase64() throws {
        let key = SigningKey()
        var envelope = try Envelope(signing: Data([0xFB, 0xFF, 0xFE]), with: key)
        #expect(envelope.payload == "+//+")
        envelope.payload = "-__-"
        envelope.signatures[0].sig = envelope.signatures[0].sig.replacingOccurrences(of: "/", with: "_")
        #expect(try envelope.payload(signedBy: key.publicKey) == Data([0xFB, 0xFF, 0xFE]))
    }

    private func expectRefused(_ envelope: Envelope, by key: PublicKey) {
        #expect { try envelope.payload(signedBy: key) } throws: { ($0 as? RegistryError)?.code == .integrityFailure }
    }
}
