import Foundation
import RegistryTypes

/// A signed statement of an identity provider (a JWT, RFC 7519, as a compact JWS, RFC 7515) before anything of it is
/// believed.
///
/// Of the header only `alg` and `kid` are read, to find the key; what it says about where keys could be had (`jwk`,
/// `jku`, `x5u`, `x5c`) never is.
package struct IdentityToken: Sendable {
    /// The largest text of a token, in bytes.
    package static let largest = 16 << 10

    /// What the header asks for.
    let algorithm: String
    /// The id of the key that it says it is signed with.
    let keyID: String
    /// What it says.
    let claims: JSONValue
    /// Who it says signed it.
    let issuer: String
    /// The bytes that are signed: header and claims as they were sent.
    let signedBytes: Data
    let signature: Data

    /// Takes a token apart; throws `identity-refused` for what is no JWT of the form that providers send.
    package init(_ text: String) throws {
        func refuse(_ reason: String) -> RegistryError {
            RegistryError(.identityRefused, "the subject token is not accepted: \(reason)")
        }
        guard text.utf8.count <= Self.largest else { throw refuse("it has more than \(Self.largest) bytes") }
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3 else { throw refuse("it is not of the form header.claims.signature") }
        guard let head = Base64URL.decode(parts[0]), let body = Base64URL.decode(parts[1]),
            let signature = Base64URL.decode(parts[2])
        else { throw refuse("its parts are not base64url") }
        guard let header = try? JSONParser.parse(head), let claims = try? JSONParser.parse(body),
            header.object != nil, claims.object != nil
        else { throw refuse("its header and claims are not JSON objects") }
        guard let algorithm = header["alg"]?.string, IdentityKey.Algorithm(rawValue: algorithm) != nil else {
            throw refuse("its algorithm is neither RS256 nor ES256")
        }
        guard header["typ"] == nil || header["typ"]?.string?.lowercased() == "jwt" else {
            throw refuse("its type is not JWT")
        }
        guard header["crit"] == nil, header["b64"] == nil, header["zip"] == nil, header["enc"] == nil else {
            throw refuse("its header asks for extensions that are not known here")
        }
        guard let keyID = header["kid"]?.string, (1...256).contains(keyID.utf8.count) else {
            throw refuse("its header does not say which key signed it")
        }
        guard let issuer = claims["iss"]?.string else { throw refuse("it does not say who issued it") }
        self.algorithm = algorithm
        self.keyID = keyID
        self.claims = claims
        self.issuer = issuer
        self.signature = signature
        signedBytes = Data("\(parts[0]).\(parts[1])".utf8)
    }

    /// A claim as text: a string, a whole number or a truth value; nil for anything else.
    ///
    /// - Parameter name: a claim, or with a slash before it a JSON pointer (RFC 6901) into the claims.
    func claim(_ name: String) -> String? {
        var value: JSONValue? = claims
        if name.hasPrefix("/") {
            for step in name.dropFirst().split(separator: "/", omittingEmptySubsequences: false) {
                value = value?[String(step).replacing("~1", with: "/").replacing("~0", with: "~")]
            }
        } else {
            value = claims[name]
        }
        return switch value {
        case .string(let text): text
        case .number: value?.int.map { String($0) }
        case .bool(let value): String(value)
        default: nil
        }
    }
}
