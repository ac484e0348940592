public import RegistryTypes

extension RegistryClient {
    /// The versions that fulfil all conditions of a search and may be read, newest first.
    public func search(
        _ text: String, kind: CollectionKind = .models, limit: Int? = nil
    ) async throws -> [VersionSummary] {
        let request = APIRequest(.get, ["search"]).asking("q", text).asking("kind", String(kind.rawValue.dropLast()))
        return try await list(request, limit: limit, passesEmptyPages: true)
    }
}
