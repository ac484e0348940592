public import Foundation

extension RegistryClient {
    /// Throws unless the server answers at all.
    public func checkHealth() async throws {
        var request = APIRequest(.get, [])
        request.path = ["healthz"]
        try await sendOnly(request)
    }

    /// The server's own account of whether it is ready, a JSON document; throws if it is not.
    public func readiness() async throws -> Data {
        var request = APIRequest(.get, [])
        request.path = ["readyz"]
        return try await sendForData(request)
    }
}
