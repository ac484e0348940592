package import RegistryTypes

/// Who makes a request, as authentication found out.
package struct Caller: Sendable, Equatable {
    /// The principal's opaque id.
    package let principal: String
    /// How it proved who it is: `token:<public id>`, `certificate`, `oidc:<provider>` or `local`.
    package let authentication: String
    /// The id of the request, for logs and audit entries.
    package let requestID: String
    /// The public id of its token, if that has a scope.
    package let scopedToken: String?
    /// The one job that the caller may work on, for the token of a worker.
    package let job: RunID?
    /// The key under which the request is done at most once, if it has one.
    package var idempotency: IdempotentRequest?
    /// The time, in UTC milliseconds, that a question is about; nil for the present.
    package var past: Int64?

    /// Describes a caller.
    package init(
        principal: String, authentication: String, requestID: String, job: RunID? = nil, scopedToken: String? = nil
    ) {
        self.principal = principal
        self.authentication = authentication
        self.requestID = requestID
        self.job = job
        self.scopedToken = scopedToken
    }

    /// Whose rights are asked for in queries: the principal's, or what of them the scope of its token leaves.
    var holder: String { scopedToken ?? principal }

    /// The server itself, before anybody has a token.
    static let server = Caller(principal: "server", authentication: "local", requestID: "start")
}
