public import RegistryTypes

extension RegistryClient {
    /// The models or datasets, of one namespace or of all that may be read.
    public func collections(
        _ kind: CollectionKind, in namespace: ResourceName? = nil, limit: Int? = nil
    ) async throws -> [CollectionRecord] {
        try await list(APIRequest(.get, [kind.rawValue]).asking("namespace", namespace?.text), limit: limit)
    }

    /// One model or dataset.
    public func collection(_ kind: CollectionKind, _ name: QualifiedName) async throws -> CollectionRecord {
        try await send(APIRequest(.get, Self.path(kind, name)))
    }

    /// The versions of a model or dataset, newest first.
    public func versions(
        _ kind: CollectionKind, of name: QualifiedName, limit: Int? = nil
    ) async throws -> [VersionSummary] {
        try await list(APIRequest(.get, Self.path(kind, name) + ["versions"]), limit: limit)
    }

    /// One version with everything that is known about it.
    public func version(
        _ kind: CollectionKind, _ reference: VersionReference, at time: String? = nil
    ) async throws -> VersionRecord {
        try await send(APIRequest(.get, Self.path(kind, reference)).asking("at", time))
    }

    /// Records a new version of a model, of files that were uploaded before.
    public func createModelVersion(
        _ version: CreateModelVersion, of name: QualifiedName, idempotencyKey: String? = nil
    ) async throws -> CreatedVersion {
        let request = APIRequest(.post, Self.path(.models, name) + ["versions"])
        return try await send(request.keyed(idempotencyKey).sending(version))
    }

    /// Records a new version of a dataset, of files that were uploaded before.
    public func createDatasetVersion(
        _ version: CreateDatasetVersion, of name: QualifiedName, idempotencyKey: String? = nil
    ) async throws -> CreatedVersion {
        let request = APIRequest(.post, Self.path(.datasets, name) + ["versions"])
        return try await send(request.keyed(idempotencyKey).sending(version))
    }

    /// Removes a version, named by its number or digest; its record stays.
    public func removeVersion(_ kind: CollectionKind, _ reference: VersionReference) async throws -> VersionSummary {
        try await send(APIRequest(.delete, Self.path(kind, reference)))
    }

    static func path(_ kind: CollectionKind, _ name: QualifiedName) -> [String] {
        [kind.rawValue, name.namespace.text, name.name.text]
    }

    static func path(_ kind: CollectionKind, _ reference: VersionReference) -> [String] {
        path(kind, reference.name) + ["versions", reference.selector.description]
    }
}
