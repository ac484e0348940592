import Foundation
import HTTPTypes
import Hummingbird
import RegistryTypes

/// What `/oauth/token` refuses, in the words of RFC 6749 §5.2 and RFC 8693 §2.2.2: OAuth clients know no other.
struct TokenExchangeRefusal: Error {
    private let problem: TokenExchangeProblem
    private let status: HTTPResponse.Status
    private let retryAfter: String?

    /// A request that is not well formed.
    init(_ error: String, _ description: String) {
        problem = TokenExchangeProblem(error: error, description: description)
        status = .badRequest
        retryAfter = nil
    }

    /// An error of the registry: whatever is wrong with the subject token is an invalid request there.
    init(_ error: RegistryError) {
        retryAfter = error.details["retryAfter"] ?? error.code.retryAfter.map { String($0) }
        switch error.code {
        case .identityRefused:
            problem = TokenExchangeProblem(error: "invalid_request", description: error.message)
            status = .badRequest
        default:
            problem = TokenExchangeProblem(error: "temporarily_unavailable", description: error.message)
            status = .init(code: error.code.status)
        }
    }

    /// The answer.
    func response() throws -> Response {
        var response = try Response.json(problem, status: status, isSecret: true)
        response.headers[.retryAfter] = retryAfter
        return response
    }
}
