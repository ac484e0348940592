package import RegistryTypes

/// Who makes a request, as authentication found out.
package struct Caller: Sendable, Equatable {
    /// The principal's opaque id.
    package let principal: String
    /// How it proved who it is: `token:<public id>` or `local`.
    package let authentication: String
    /// The id of the request, for logs and audit entries.
    package let requestID: String
    /// The one job that the caller may work on, for the token of a worker.
    package let job: RunID?
    /// The key under which the request is done at most once, if it has one.
    package var idempotency: IdempotentRequest?
    /// The time, in UTC milliseconds, that a question is about; nil for the present.
    package var past: Int64?

    /// Describes a caller.
    package init(principal: String, authentication: String, requestID: String, job: RunID? = nil) {
        self.principal = principal
        self.authentication = authentication
        self.requestID = requestID
        self.job = job
    }

    /// The server itself, before anybody has a token.
    static let server = Caller(principal: "server", authentication: "local", requestID: "start")
}
