import Foundation
import RegistryTypes

extension IdentityToken {
    /// How far the clocks of provider and server may be apart, in seconds.
    static let leeway: Double = 60
    /// The longest time that a token may still be valid, in seconds: for so long its replay is watched for.
    static let longestLife: Double = 86_400

    /// Believes the token, or throws `identity-refused` with the reason.
    ///
    /// - Parameters:
    ///   - key: the provider's key of the id in the header; nil if it has none.
    ///   - now: UTC milliseconds.
    func verify(_ key: IdentityKey?, audience: String, kind: IdentityProviderRecord.Kind, at now: Int64) throws {
        func refuse(_ reason: String) -> RegistryError {
            RegistryError(.identityRefused, "the subject token is not accepted: \(reason)")
        }
        guard let key else { throw refuse("the provider has no key \"\(keyID.prefix(80))\"") }
        guard key.algorithm.rawValue == algorithm else {
            throw refuse("the key \"\(keyID.prefix(80))\" is not one for \(algorithm)")
        }
        guard key.isValid(signature, over: signedBytes) else { throw refuse("its signature is not valid") }
        // Everything below was signed.
        guard claims["aud"] == .string(audience) || claims["aud"] == [.string(audience)] else {
            throw refuse("its audience is not \"\(audience)\" alone")
        }
        let seconds = Double(now) / 1000
        guard let expiry = claims["exp"]?.double else { throw refuse("it does not say when it expires") }
        guard seconds < expiry + Self.leeway else { throw refuse("it has expired") }
        guard expiry <= seconds + Self.longestLife + Self.leeway else {
            throw refuse("it is valid for more than a day")
        }
        for (claim, name) in [("nbf", "not valid yet"), ("iat", "from the future")] where claims[claim] != nil {
            guard let time = claims[claim]?.double else { throw refuse("its \(claim) is not a time") }
            guard time <= seconds + Self.leeway else { throw refuse("it is \(name)") }
        }
        // Workflows that run with the rights of the repository on what a stranger sent.
        if kind == .github, let event = claim("event_name"), ["pull_request_target", "workflow_run"].contains(event) {
            throw refuse("a workflow started by \(event) may run a stranger's code")
        }
    }

    /// What is remembered so that the token is not exchanged twice: the id that the provider gave it, or else what it
    /// signed. Not the signature, of which an ECDSA key has more than one for the same bytes.
    var replayDigest: Digest {
        if let id = claims["jti"]?.string { return Digest.of(Data("jti:\(id)".utf8)) }
        return Digest.of(Data("signed:".utf8) + signedBytes)
    }

    /// When the token would be refused for its age, in UTC milliseconds.
    var forgettableAt: Int64 { Int64(((claims["exp"]?.double ?? 0) + Self.leeway) * 1000) }
}
