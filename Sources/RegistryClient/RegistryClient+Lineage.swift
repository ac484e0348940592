public import RegistryTypes

extension RegistryClient {
    /// What something was made from, and what was made from it, as far as the caller may read.
    public func lineage(
        of reference: Reference, direction: LineageGraph.Direction, at time: String? = nil
    ) async throws -> LineageGraph {
        try await send(
            APIRequest(.get, ["lineage"]).asking("ref", reference.description)
                .asking("direction", direction.rawValue).asking("at", time))
    }
}
