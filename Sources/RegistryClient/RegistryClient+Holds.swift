public import RegistryTypes

extension RegistryClient {
    /// Holds a version, so that nobody can remove it.
    public func placeHold(
        _ hold: PlaceHold, on reference: VersionReference, _ kind: CollectionKind
    ) async throws -> HoldRecord {
        try await send(APIRequest(.post, Self.path(kind, reference) + ["holds"]).sending(hold))
    }

    /// Asks for the end of a hold, or confirms it for the other person who asked.
    public func liftHold(_ id: RunID) async throws -> HoldRecord {
        try await send(APIRequest(.post, ["holds", id.text, "lift"]))
    }

    /// The holds of a namespace, newest first.
    public func holds(in namespace: ResourceName, limit: Int? = nil) async throws -> [HoldRecord] {
        try await list(APIRequest(.get, ["namespaces", namespace.text, "holds"]), limit: limit)
    }
}
