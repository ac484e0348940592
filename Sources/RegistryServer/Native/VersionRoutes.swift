import Hummingbird
import Registry
import RegistryTypes

/// Versions: pushing them, their list, and all that is known of one.
struct VersionRoutes {
    /// A version has up to 100,000 files; the largest body that names them.
    private static let largestBody = 64 << 20

    let registry: ModelRegistry
    private let answers = AnswerCache()

    init(registry: ModelRegistry) { self.registry = registry }

    func add(to group: RouterGroup<RegistryRequestContext>) {
        group.post("models/:namespace/:name/versions", use: pushModel)
        group.post("datasets/:namespace/:name/versions", use: pushDataset)
        for kind in CollectionKind.allCases {
            group.get("\(kind.path)/versions") { try await list(kind, $0, $1) }
            group.get("\(kind.path)/versions/:selector") { try await get(kind, $0, $1) }
        }
    }

    @Sendable private func pushModel(
        _ request: Request, _ context: RegistryRequestContext
    ) async throws -> Response {
        let wanted = try await body(CreateModelVersion.self, request, context)
        return try .json(
            await registry.pushVersion(wanted, of: context.qualifiedName(), as: context.requireCaller()),
            status: .created)
    }

    @Sendable private func pushDataset(
        _ request: Request, _ context: RegistryRequestContext
    ) async throws -> Response {
        let wanted = try await body(CreateDatasetVersion.self, request, context)
        return try .json(
            await registry.createDatasetVersion(wanted, of: context.qualifiedName(), as: context.requireCaller()),
            status: .created)
    }

    /// The body is large: it is only read for who may push.
    private func body<Value: Codable>(
        _ type: Value.Type, _ request: Request, _ context: RegistryRequestContext
    ) async throws -> Value {
        try await registry.checkMayPush(to: context.qualifiedName().namespace, as: context.requireCaller())
        var request = request
        return try await request.document(type, upTo: Self.largestBody)
    }

    @Sendable private func list(
        _ kind: CollectionKind, _ request: Request, _ context: RegistryRequestContext
    ) async throws -> Response {
        try await .json(
            registry.versions(
                of: context.qualifiedName(), kind: kind, request.page(), as: context.caller(asking: request, registry)))
    }

    @Sendable private func get(
        _ kind: CollectionKind, _ request: Request, _ context: RegistryRequestContext
    ) async throws -> Response {
        let (reference, caller) = (try context.versionReference(), try context.caller(asking: request, registry))
        guard caller.past == nil else {
            return try await .json(registry.version(reference, kind: kind, as: caller), unlessKnownTo: request)
        }
        let question = "\(kind.rawValue):\(reference)"
        let generation = registry.generation.now
        if let known = answers.answer(to: question, at: generation) {
            try await registry.checkMayKnow(of: reference.name, kind: kind, as: caller)
            return .json(encoded: known, unlessKnownTo: request)
        }
        let answer = try StrictJSON.encode(try await registry.version(reference, kind: kind, as: caller))
        answers.keep(answer, to: question, at: generation)
        return .json(encoded: answer, unlessKnownTo: request)
    }
}
