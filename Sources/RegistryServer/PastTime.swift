import Hummingbird
import Registry
import RegistryTypes

extension RegistryRequestContext {
    /// The caller of a route that also answers about the past, with the moment that `?at=` asks about.
    ///
    /// Only routes of metadata ask this: bytes are served by the approvals of now.
    /// - Throws: `invalid-request` for what is no time, and for the future: nobody knows yet what will be.
    func caller(asking request: Request, _ registry: ModelRegistry) throws -> Caller {
        var caller = try requireCaller()
        caller.past = try request.uri.queryParameters["at"].map {
            try PastTime(String($0), now: registry.now).milliseconds
        }
        return caller
    }
}
