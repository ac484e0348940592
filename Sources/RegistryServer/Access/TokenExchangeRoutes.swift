import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import Registry
import RegistryTypes

/// `POST /oauth/token`: gives a token for one that a CI system or cluster signed (RFC 8693).
struct TokenExchangeRoutes {
    /// The largest form: a token and a few words.
    private static let largestForm = 32 << 10
    private static let grant = "urn:ietf:params:oauth:grant-type:token-exchange"
    private static let accessToken = "urn:ietf:params:oauth:token-type:access_token"
    /// What a subject token may be called: both are JWTs.
    private static let subjectTypes: Set<String> = [
        "urn:ietf:params:oauth:token-type:id_token", "urn:ietf:params:oauth:token-type:jwt",
    ]

    let registry: ModelRegistry
    let failures: FailedAttempts
    let keys = FetchedIdentityKeys(fetch: KeySetFetch.fetch)

    func add(to router: Router<RegistryRequestContext>) { router.post("oauth/token", use: exchange) }

    @Sendable func exchange(_ request: Request, _ context: RegistryRequestContext) async throws -> Response {
        var request = request
        do {
            let form = try FormBody(
                try await request.collectBody(upTo: Self.largestForm), type: request.headers[.contentType])
            let token = try Self.subjectToken(of: form)
            try registry.requireWritable()
            return try .json(
                await registry.exchangeIdentityToken(token, keys: keys, requestID: context.id), isSecret: true)
        } catch let refusal as TokenExchangeRefusal {
            return try refusal.response()
        } catch let error as RegistryError where error.code == .identityRefused {
            return try TokenExchangeRefusal(
                failures.count(error, from: context.channel.remoteAddress, token: nil)
            ).response()
        } catch let error as RegistryError {
            return try TokenExchangeRefusal(error).response()
        } catch let error as any HTTPResponseError where error.status == .contentTooLarge {
            return try TokenExchangeRefusal("invalid_request", "the form has more than \(Self.largestForm) bytes")
                .response()
        }
    }

    private static func subjectToken(of form: FormBody) throws -> String {
        guard form["grant_type"] == grant else {
            throw TokenExchangeRefusal("unsupported_grant_type", "the grant_type has to be \(grant)")
        }
        guard form["actor_token"] == nil else {
            throw TokenExchangeRefusal("invalid_request", "nobody acts for another here: send no actor_token")
        }
        guard (form["scope"] ?? "").isEmpty else {
            throw TokenExchangeRefusal("invalid_scope", "the identity rule says what the token may do: send no scope")
        }
        guard form["requested_token_type"].map({ $0 == accessToken }) != false else {
            throw TokenExchangeRefusal("invalid_request", "the requested_token_type can only be \(accessToken)")
        }
        guard let type = form["subject_token_type"], subjectTypes.contains(type) else {
            throw TokenExchangeRefusal(
                "invalid_request", "the subject_token_type has to be one of \(subjectTypes.sorted())")
        }
        guard let token = form["subject_token"], !token.isEmpty else {
            throw TokenExchangeRefusal("invalid_request", "there is no subject_token")
        }
        return token
    }
}
