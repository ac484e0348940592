import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
public import RegistryTypes

extension RegistryClient {
    /// Trusts who signs identities.
    public func createIdentityProvider(_ provider: CreateIdentityProvider) async throws -> IdentityProviderRecord {
        try await send(APIRequest(.post, ["identity-providers"]).sending(provider))
    }

    /// The providers of identities.
    public func identityProviders(limit: Int? = nil) async throws -> [IdentityProviderRecord] {
        try await list(APIRequest(.get, ["identity-providers"]), limit: limit)
    }

    /// Replaces the keys that were given for a provider.
    public func setIdentityKeys(of provider: ResourceName, _ keys: JSONValue) async throws -> IdentityProviderRecord {
        try await send(
            APIRequest(.put, ["identity-providers", provider.text, "keys"]).sending(SetIdentityKeys(keys: keys)))
    }

    /// Ends the trust in a provider.
    public func removeIdentityProvider(_ name: ResourceName) async throws {
        try await sendOnly(APIRequest(.delete, ["identity-providers", name.text]))
    }

    /// Says which tokens of a provider are whom.
    public func createIdentityRule(_ rule: CreateIdentityRule) async throws -> IdentityRuleRecord {
        try await send(APIRequest(.post, ["identity-rules"]).sending(rule))
    }

    /// The rules that make tokens of providers somebody.
    public func identityRules(limit: Int? = nil) async throws -> [IdentityRuleRecord] {
        try await list(APIRequest(.get, ["identity-rules"]), limit: limit)
    }

    /// Removes a rule.
    public func removeIdentityRule(_ name: ResourceName) async throws {
        try await sendOnly(APIRequest(.delete, ["identity-rules", name.text]))
    }

    /// Says whose certificates carry a name.
    public func createCertificateName(_ name: CreateCertificateName) async throws -> CertificateNameRecord {
        try await send(APIRequest(.post, ["certificate-names"]).sending(name))
    }

    /// The names in certificates that are somebody's.
    public func certificateNames(limit: Int? = nil) async throws -> [CertificateNameRecord] {
        try await list(APIRequest(.get, ["certificate-names"]), limit: limit)
    }

    /// Ends that a name in a certificate is somebody's.
    public func removeCertificateName(_ name: String) async throws {
        try await sendOnly(APIRequest(.delete, ["certificate-names", name]))
    }

    /// Exchanges a token that a CI system or cluster signed for one of the server (RFC 8693).
    ///
    /// Not repeated when the answer gets lost: the server takes such a token once.
    public func exchange(identityToken: String) async throws -> ExchangedToken {
        let fields = [
            ("grant_type", "urn:ietf:params:oauth:grant-type:token-exchange"),
            ("subject_token_type", "urn:ietf:params:oauth:token-type:id_token"), ("subject_token", identityToken),
        ]
        let form = fields.map { "\($0)=\(APIRequest.encoded($1))" }.joined(separator: "&")
        var request = APIRequest(.post, [])
        request.path = ["oauth", "token"]
        request.body = .bytes(Data(form.utf8), type: "application/x-www-form-urlencoded")
        do {
            let response = try await Transport.http.execute(prepared(request), timeout: .seconds(60))
            let body = Data(try await response.body.collect(upTo: 1 << 20).readableBytesView)
            if response.status == .ok, let token = try? JSONDecoder().decode(ExchangedToken.self, from: body) {
                return token
            }
            throw Self.refusal(Int(response.status.code), body, server: url)
        } catch let error as RegistryError {
            throw error
        } catch {
            throw (setback(for: error) as? Setback)?.error ?? error
        }
    }

    private static func refusal(_ status: Int, _ body: Data, server: URL) -> RegistryError {
        guard let problem = try? JSONDecoder().decode(TokenExchangeProblem.self, from: body) else {
            return RegistryError(
                .identityRefused,
                "\(server.absoluteString) answered the exchange with status \(status) and without a reason; is it an Assay "
                    + "server?")
        }
        let code: ErrorCode =
            status >= 500 ? .identityKeysUnavailable : status == 429 ? .tooManyAttempts : .identityRefused
        return RegistryError(code, problem.description)
    }
}
