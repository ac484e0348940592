public import RegistryTypes

extension RegistryClient {
    /// What an alias must be now for a move to happen.
    public enum AliasCondition: Sendable, Hashable {
        /// The alias points to this version.
        case pointsTo(Int)
        /// There is no such alias yet.
        case absent
    }

    /// Where the aliases of a model or dataset point now.
    public func aliases(
        _ kind: CollectionKind, of name: QualifiedName, limit: Int? = nil
    ) async throws -> [AliasRecord] {
        try await list(APIRequest(.get, Self.path(kind, name) + ["aliases"]), limit: limit)
    }

    /// Moves an alias to a version, or removes it.
    public func moveAlias(
        _ alias: Alias, _ kind: CollectionKind, of name: QualifiedName, to version: Int?,
        condition: AliasCondition? = nil
    ) async throws -> AliasRecord {
        var request = APIRequest(version == nil ? .delete : .put, Self.path(kind, name) + ["aliases", alias.text])
        switch condition {
        case nil: break
        case .pointsTo(let number): request = request.header("If-Match", "\"\(number)\"")
        case .absent: request = request.header("If-None-Match", "*")
        }
        // Repeated under a condition, a move that did happen would look like somebody else's.
        request.isRepeatable = condition == nil
        if let version { request = try request.sending(MoveAlias(version: version)) }
        return try await send(request)
    }

    /// The moves of an alias, newest first.
    public func aliasHistory(
        _ alias: Alias, _ kind: CollectionKind, of name: QualifiedName, limit: Int? = nil
    ) async throws -> [AliasRecord] {
        try await list(APIRequest(.get, Self.path(kind, name) + ["aliases", alias.text, "history"]), limit: limit)
    }
}
