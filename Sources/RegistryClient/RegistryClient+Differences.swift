public import RegistryTypes

extension RegistryClient {
    /// Has the server compare two versions; `all` lists equal tensors too.
    public func difference(
        _ left: Reference, _ right: Reference, tensors: [NamedTolerance] = [], metrics: [NamedTolerance] = [],
        all: Bool = false
    ) async throws -> VersionDifference {
        var request = APIRequest(.get, ["diff"]).asking("left", left.description).asking("right", right.description)
        for tolerance in tensors { request = request.asking("tolerance", tolerance.description) }
        for tolerance in metrics { request = request.asking("metricTolerance", tolerance.description) }
        return try await send(all ? request.asking("all", "true") : request)
    }
}
