public import RegistryTypes

extension RegistryClient {
    /// What an alias must be now for a move to happen.
    public enum AliasCondition: Sendable, Hashable {
        /// The alias points to this version.
        case pointsTo(Int)
        /// There is no such alias yet.
        case absent
    }

    /// Where the aliases of a model or dataset point now, or pointed at a time.
    public func aliases(
        _ kind: CollectionKind, of name: QualifiedName, at time: String? = nil, limit: Int? = nil
    ) async throws -> [AliasRecord] {
        try await list(APIRequest(.get, Self.path(kind, name) + ["aliases"]).asking("at", time), limit: limit)
    }

    /// Takes the last move of an alias back.
    public func rollBackAlias(
        _ alias: Alias, _ kind: CollectionKind, of name: QualifiedName, condition: AliasCondition? = nil
    ) async throws -> AliasRecord {
        try await send(
            APIRequest(.post, Self.path(kind, name) + ["aliases", alias.text, "rollback"]).under(condition))
    }

    /// Moves an alias to a version, or removes it.
    public func moveAlias(
        _ alias: Alias, _ kind: CollectionKind, of name: QualifiedName, to version: Int?,
        condition: AliasCondition? = nil
    ) async throws -> AliasRecord {
        var request = APIRequest(version == nil ? .delete : .put, Self.path(kind, name) + ["aliases", alias.text])
        request = request.under(condition)
        // Repeated under a condition, a move that did happen would look like somebody else's.
        request.isRepeatable = condition == nil
        if let version { request = try request.sending(MoveAlias(version: version)) }
        return try await send(request)
    }

    /// The moves of an alias, newest first.
    public func aliasHistory(
        _ alias: Alias, _ kind: CollectionKind, of name: QualifiedName, at time: String? = nil, limit: Int? = nil
    ) async throws -> [AliasRecord] {
        let request = APIRequest(.get, Self.path(kind, name) + ["aliases", alias.text, "history"])
        return try await list(request.asking("at", time), limit: limit)
    }
}

extension APIRequest {
    /// The same on the condition that an alias is what it is thought to be.
    fileprivate func under(_ condition: RegistryClient.AliasCondition?) -> APIRequest {
        switch condition {
        case nil: self
        case .pointsTo(let number): header("If-Match", "\"\(number)\"")
        case .absent: header("If-None-Match", "*")
        }
    }
}
