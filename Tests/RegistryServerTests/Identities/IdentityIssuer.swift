import Crypto
import CryptoExtras
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import NIOCore
import RegistryTypes
import Synchronization

/// An identity provider for tests: its own keys, and a key server on a real port that can misbehave.
final class IdentityIssuer: Sendable {
    /// What the key server does when it is asked.
    enum Behaviour: Sendable {
        case publish, hang, drip, redirect, huge, lie, fail, empty
    }

    static let issuer = "https://ci.example.org"
    static let audience = "https://assay.example.org"

    let rsa: _RSA.Signing.PrivateKey
    let ec = P256.Signing.PrivateKey()
    /// Keys of somebody else.
    let foreignRSA: _RSA.Signing.PrivateKey
    let foreignEC = P256.Signing.PrivateKey()
    let behaviour = Mutex(Behaviour.publish)
    let fetches = Mutex(0)

    init() throws {
        rsa = try _RSA.Signing.PrivateKey(keySize: .bits2048)
        foreignRSA = try _RSA.Signing.PrivateKey(keySize: .bits2048)
    }

    /// The public keys as a JSON Web Key Set.
    var keySet: JSONValue { ["keys": [rsaKey(rsa, id: "rsa"), ecKey(ec, id: "ec")]] }

    /// A public RSA key as a JSON Web Key. The modulus is read out of the DER form, SEQUENCE { SEQUENCE {…}, BIT STRING {
    /// SEQUENCE { INTEGER n, INTEGER e } } }, whose last bytes are the exponent 65537.
    func rsaKey(_ key: _RSA.Signing.PrivateKey, id: String, members: [String: JSONValue] = [:]) -> JSONValue {
        let der = key.publicKey.pkcs1DERRepresentation
        let modulus = der.dropLast(5).suffix(256)
        return .object(
            [
                "kty": "RSA", "kid": .string(id), "n": .string(Base64URL.encode(modulus)), "e": "AQAB", "use": "sig",
            ].merging(members) { $1 })
    }

    /// A public P-256 key as a JSON Web Key.
    func ecKey(_ key: P256.Signing.PrivateKey, id: String, members: [String: JSONValue] = [:]) -> JSONValue {
        let point = key.publicKey.rawRepresentation
        return .object(
            [
                "kty": "EC", "kid": .string(id), "crv": "P-256", "x": .string(Base64URL.encode(point.prefix(32))),
                "y": .string(Base64URL.encode(point.suffix(32))),
            ].merging(members) { $1 })
    }

    /// Good claims at a time in seconds; every token has its own id.
    func claims(at now: Int64) -> [String: JSONValue] {
        [
            "iss": .string(Self.issuer), "aud": .string(Self.audience), "sub": "project:42", "project_id": "42",
            "ref": "main", "jti": .string(UUID().uuidString), "iat": .integer(now - 5), "nbf": .integer(now - 5),
            "exp": .integer(now + 300), "pipeline_id": 7, "user_login": "ada.lovelace",
        ]
    }

    /// Signs header and claims as they are given, bytes and all.
    func sign(header: String, claims: String, by sign: (Data) throws -> Data) rethrows -> String {
        let signed = "\(Base64URL.encode(header.utf8)).\(Base64URL.encode(claims.utf8))"
        return "\(signed).\(Base64URL.encode(try sign(Data(signed.utf8))))"
    }

    /// Signs with RS256.
    func rs256(_ claims: [String: JSONValue], header: [String: JSONValue] = [:]) throws -> String {
        let full = JSONValue.object(["alg": "RS256", "kid": "rsa", "typ": "JWT"].merging(header) { $1 })
        return try sign(header: text(full), claims: text(.object(claims)), by: signRSA)
    }

    /// Signs with ES256.
    func es256(_ claims: [String: JSONValue], header: [String: JSONValue] = [:]) throws -> String {
        let full = JSONValue.object(["alg": "ES256", "kid": "ec"].merging(header) { $1 })
        return try sign(header: text(full), claims: text(.object(claims)), by: signEC)
    }

    func signRSA(_ bytes: Data) throws -> Data { try signRSA(bytes, rsa) }

    func signRSA(_ bytes: Data, _ key: _RSA.Signing.PrivateKey) throws -> Data {
        try key.signature(for: SHA256.hash(data: bytes), padding: .insecurePKCS1v1_5).rawRepresentation
    }

    func signEC(_ bytes: Data) throws -> Data { try ec.signature(for: SHA256.hash(data: bytes)).rawRepresentation }

    func text(_ value: JSONValue) throws -> String { String(decoding: try value.canonicalBytes(), as: UTF8.self) }

    /// Serves the keys while `body` runs.
    func serve(_ body: @escaping @Sendable (_ address: String) async throws -> Void) async throws {
        let router = Router()
        router.get("jwks") { [self] _, _ in
            fetches.withLock { $0 += 1 }
            return try await answer(behaviour.withLock { $0 })
        }
        router.get("elsewhere") { [self] _, _ in try document(keySet) }
        let application = Application(router: router)
        try await application.test(.live) { client in
            try await body("http://127.0.0.1:\(client.port ?? 0)/jwks")
        }
    }

    private func answer(_ behaviour: Behaviour) async throws -> Response {
        switch behaviour {
        case .publish: return try document(keySet)
        case .hang:
            try await Task.sleep(for: .seconds(8))
            return Response(status: .ok)
        case .drip:
            return Response(
                status: .ok,
                body: ResponseBody { writer in
                    for _ in 0..<80 {
                        try await writer.write(ByteBuffer(string: " "))
                        try await Task.sleep(for: .milliseconds(100))
                    }
                    try await writer.finish(nil)
                })
        case .redirect: return Response(status: .found, headers: [.location: "/elsewhere"])
        case .huge:
            return Response(status: .ok, body: .init(byteBuffer: ByteBuffer(repeating: 0x20, count: 10 << 20)))
        case .lie: return try document(["keys": [rsaKey(foreignRSA, id: "rsa"), ecKey(foreignEC, id: "ec")]])
        case .fail: return Response(status: .internalServerError)
        case .empty: return Response(status: .ok, body: .init(byteBuffer: ByteBuffer(string: "<html>")))
        }
    }

    private func document(_ value: JSONValue) throws -> Response {
        Response(
            status: .ok, headers: [.contentType: "application/jwk-set+json"],
            body: .init(byteBuffer: ByteBuffer(bytes: try value.canonicalBytes())))
    }
}
