import Crypto
import CryptoExtras
import Foundation
import RegistryTypes

extension TokenExchangeTests {
    /// A token that must not be accepted, and what it is refused for.
    struct Forgery: Sendable {
        let name: String
        let reason: String
        let make: @Sendable (IdentityIssuer) throws -> String

        init(_ name: String, _ reason: String, _ make: @escaping @Sendable (IdentityIssuer) throws -> String) {
            self.name = name
            self.reason = reason
            self.make = make
        }

        /// Genuine but for some claims; nil takes one away.
        static func claims(_ name: String, _ reason: String, _ changes: [String: JSONValue?]) -> Forgery {
            Forgery(name, reason) { issuer in
                var claims = issuer.claims(at: now)
                for (key, value) in changes { claims[key] = value }
                return try issuer.rs256(claims)
            }
        }

        /// Genuine but for some members of the header.
        static func header(_ name: String, _ reason: String, _ changes: [String: JSONValue]) -> Forgery {
            Forgery(name, reason) { try $0.rs256($0.claims(at: now), header: changes) }
        }

        /// A header, and a signature over it by somebody else.
        static func signed(
            _ name: String, _ reason: String, _ header: [String: JSONValue],
            _ sign: @escaping @Sendable (IdentityIssuer, Data) throws -> Data
        ) -> Forgery {
            Forgery(name, reason) { issuer in
                try issuer.sign(
                    header: issuer.text(.object(header)), claims: issuer.text(.object(issuer.claims(at: now)))
                ) { try sign(issuer, $0) }
            }
        }
    }

    static let forgeries: [Forgery] = [
        // Algorithms.
        .signed("no algorithm at all", "neither RS256 nor ES256", ["alg": "none", "kid": "rsa"]) { _, _ in Data() },
        .signed("none in other letters", "neither RS256 nor ES256", ["alg": "nOnE", "kid": "rsa"]) { _, _ in Data() },
        .signed("an HMAC with the public key", "neither RS256 nor ES256", ["alg": "HS256", "kid": "rsa"]) {
            Data(
                HMAC<SHA256>.authenticationCode(for: $1, using: SymmetricKey(data: $0.rsa.publicKey.derRepresentation)))
        },
        .signed("an HMAC with the PEM text", "neither RS256 nor ES256", ["alg": "HS256", "kid": "rsa"]) {
            Data(
                HMAC<SHA256>.authenticationCode(
                    for: $1, using: SymmetricKey(data: Data($0.rsa.publicKey.pemRepresentation.utf8))))
        },
        .signed("an HMAC called RS256", "signature is not valid", ["alg": "RS256", "kid": "rsa"]) {
            Data(
                HMAC<SHA256>.authenticationCode(for: $1, using: SymmetricKey(data: $0.rsa.publicKey.derRepresentation)))
        },
        .signed("RS512", "neither RS256 nor ES256", ["alg": "RS512", "kid": "rsa"]) {
            try $0.rsa.signature(for: SHA512.hash(data: $1), padding: .insecurePKCS1v1_5).rawRepresentation
        },
        .signed("PS256", "neither RS256 nor ES256", ["alg": "PS256", "kid": "rsa"]) {
            try $0.rsa.signature(for: SHA256.hash(data: $1), padding: .PSS).rawRepresentation
        },
        .signed("a PSS signature called RS256", "signature is not valid", ["alg": "RS256", "kid": "rsa"]) {
            try $0.rsa.signature(for: SHA256.hash(data: $1), padding: .PSS).rawRepresentation
        },
        .signed("RS256 with the EC key's id", "is not one for RS256", ["alg": "RS256", "kid": "ec"]) {
            try $0.signRSA($1)
        },
        .signed("ES256 with the RSA key's id", "is not one for ES256", ["alg": "ES256", "kid": "rsa"]) {
            try $0.signEC($1)
        },
        .signed("an algorithm that is a number", "neither RS256 nor ES256", ["alg": 256, "kid": "rsa"]) {
            try $0.signRSA($1)
        },
        .signed("without an algorithm", "neither RS256 nor ES256", ["kid": "rsa"]) { try $0.signRSA($1) },
        // Keys.
        .signed("another RSA key", "signature is not valid", ["alg": "RS256", "kid": "rsa"]) {
            try $0.signRSA($1, $0.foreignRSA)
        },
        .signed("another EC key", "signature is not valid", ["alg": "ES256", "kid": "ec"]) {
            try $0.foreignEC.signature(for: SHA256.hash(data: $1)).rawRepresentation
        },
        .header("a key that the provider does not have", "has no key", ["kid": "unknown"]),
        .header("an empty key id", "which key signed it", ["kid": ""]),
        .header("a key id that is a path", "has no key", ["kid": "../../../dev/null"]),
        .header("a key id that is SQL", "has no key", ["kid": "x' UNION SELECT 'key"]),
        .header("a key id that is a number", "which key signed it", ["kid": 1]),
        .header("a key id that is no text", "which key signed it", ["kid": nil]),
        Forgery("its own key in the header", "signature is not valid") { issuer in
            let header: JSONValue = [
                "alg": "RS256", "kid": "rsa", "jwk": issuer.rsaKey(issuer.foreignRSA, id: "rsa"),
            ]
            return try issuer.sign(
                header: issuer.text(header), claims: issuer.text(.object(issuer.claims(at: now)))
            ) { try issuer.signRSA($0, issuer.foreignRSA) }
        },
        .signed(
            "an address of its own keys", "signature is not valid",
            ["alg": "RS256", "kid": "rsa", "jku": "https://evil.example.org/jwks"]
        ) { try $0.signRSA($1, $0.foreignRSA) },
        .signed(
            "an address of its own certificate", "signature is not valid",
            ["alg": "RS256", "kid": "rsa", "x5u": "https://evil.example.org/cert", "x5c": ["MIIB"]]
        ) { try $0.signRSA($1, $0.foreignRSA) },
        // Signatures.
        Forgery("no signature", "signature is not valid") { issuer in
            try issuer.rs256(issuer.claims(at: now)).split(separator: ".").prefix(2).joined(separator: ".") + "."
        },
        Forgery("a signature with one bit changed", "signature is not valid") { issuer in
            var parts = try issuer.rs256(issuer.claims(at: now)).split(separator: ".").map(String.init)
            var signature = Base64URL.decode(parts[2]) ?? Data()
            signature[0] ^= 1
            parts[2] = Base64URL.encode(signature)
            return parts.joined(separator: ".")
        },
        Forgery("other claims under a genuine signature", "signature is not valid") { issuer in
            var parts = try issuer.rs256(issuer.claims(at: now)).split(separator: ".").map(String.init)
            var claims = issuer.claims(at: now)
            claims["ref"] = "release"
            parts[1] = Base64URL.encode(try issuer.text(.object(claims)).utf8)
            return parts.joined(separator: ".")
        },
        .signed("an ECDSA signature of zeros", "signature is not valid", ["alg": "ES256", "kid": "ec"]) { _, _ in
            Data(count: 64)
        },
        .signed("an ECDSA signature in DER form", "signature is not valid", ["alg": "ES256", "kid": "ec"]) {
            try $0.ec.signature(for: SHA256.hash(data: $1)).derRepresentation
        },
        .signed("an RSA signature of nothing but zeros", "signature is not valid", ["alg": "RS256", "kid": "rsa"]) {
            _, _ in Data(count: 256)
        },
        // Form.
        Forgery("five parts, as of an encrypted token", "not of the form") { _ in "a.b.c.d.e" },
        Forgery("one part", "not of the form") { _ in "assay_0123456789ab_" + String(repeating: "a", count: 64) },
        Forgery("padding", "not base64url") { try $0.rs256($0.claims(at: now)) + "=" },
        Forgery("a line break within", "not base64url") { issuer in
            try issuer.rs256(issuer.claims(at: now)).replacing(".", with: "\n.", maxReplacements: 1)
        },
        Forgery("spaces around", "not base64url") { " " + (try $0.rs256($0.claims(at: now))) + " " },
        Forgery("bits behind the last byte", "not base64url") { issuer in
            let parts = try issuer.es256(issuer.claims(at: now)).split(separator: ".")
            return "\(parts[0]).\(parts[1]).\(parts[2].dropLast())B"
        },
        Forgery("a list for claims", "not JSON objects") { issuer in
            try issuer.sign(header: #"{"alg":"RS256","kid":"rsa"}"#, claims: "[]", by: issuer.signRSA)
        },
        Forgery("claims that are no JSON", "not JSON objects") { issuer in
            try issuer.sign(header: #"{"alg":"RS256","kid":"rsa"}"#, claims: "iss=me", by: issuer.signRSA)
        },
        Forgery("a claim that stands twice", "not JSON objects") { issuer in
            let claims = try issuer.text(.object(issuer.claims(at: now)))
            return try issuer.sign(
                header: #"{"alg":"RS256","kid":"rsa"}"#, claims: #"{"project_id":"1","# + claims.dropFirst(),
                by: issuer.signRSA)
        },
        Forgery("an algorithm that stands twice", "not JSON objects") { issuer in
            try issuer.sign(
                header: #"{"alg":"RS256","alg":"none","kid":"rsa"}"#,
                claims: issuer.text(.object(issuer.claims(at: now))), by: issuer.signRSA)
        },
        Forgery("claims as deep as a tower", "not JSON objects") { issuer in
            try issuer.sign(
                header: #"{"alg":"RS256","kid":"rsa"}"#,
                claims: #"{"a":"# + String(repeating: "[", count: 2000) + String(repeating: "]", count: 2000) + "}",
                by: issuer.signRSA)
        },
        .claims(
            "more than 16 KiB", "more than 16384 bytes", ["padding": .string(String(repeating: "a", count: 13_000))]),
        .header("an unknown critical extension", "extensions", ["crit": ["b64"], "b64": false]),
        .header("a compressed payload", "extensions", ["zip": "DEF"]),
        .header("another type", "type is not JWT", ["typ": "logout+jwt"]),
        // Claims.
        .claims("another issuer", "none that this server trusts", ["iss": "https://ci.example.org.evil.example"]),
        .claims("an issuer with a slash more", "none that this server trusts", ["iss": "https://ci.example.org/"]),
        .claims("no issuer", "who issued it", ["iss": nil]),
        .claims("a list of issuers", "who issued it", ["iss": [.string(IdentityIssuer.issuer)]]),
        .claims("another audience", "audience", ["aud": "https://other.example.org"]),
        .claims("no audience", "audience", ["aud": nil]),
        .claims("an audience among others", "audience", ["aud": [.string(IdentityIssuer.audience), "https://x"]]),
        .claims("an audience that begins alike", "audience", ["aud": .string(IdentityIssuer.audience + ".evil")]),
        .claims("expired", "has expired", ["exp": .integer(now - 61)]),
        .claims("no end", "when it expires", ["exp": nil]),
        .claims("an end in words", "when it expires", ["exp": "tomorrow"]),
        .claims("an end far away", "more than a day", ["exp": .integer(now + 200_000)]),
        .claims("an end beyond all numbers", "more than a day", ["exp": .number(1e300)]),
        .claims("not valid yet", "not valid yet", ["nbf": .integer(now + 61)]),
        .claims("from the future", "from the future", ["iat": .integer(now + 61)]),
        .claims("a beginning in words", "not a time", ["nbf": "now"]),
        .claims("another project", "no identity rule", ["project_id": "43"]),
        .claims("no project", "no identity rule", ["project_id": nil]),
        .claims("a project with a space", "no identity rule", ["project_id": "42 "]),
    ]
}
