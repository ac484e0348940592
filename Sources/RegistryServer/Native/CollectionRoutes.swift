import Hummingbird
import Registry
import RegistryTypes

/// Models and datasets.
struct CollectionRoutes {
    let registry: ModelRegistry

    func add(to group: RouterGroup<RegistryRequestContext>) {
        for kind in CollectionKind.allCases {
            group.get("\(kind.segment)") { try await list(kind, $0, $1) }
            group.get("\(kind.segment)/:namespace/:name") { try await get(kind, $0, $1) }
        }
    }

    @Sendable private func list(
        _ kind: CollectionKind, _ request: Request, _ context: RegistryRequestContext
    ) async throws -> Response {
        let namespace = try request.uri.queryParameters["namespace"].map { try ResourceName($0) }
        return try await .json(
            registry.collections(kind, in: namespace, request.page(), as: context.caller(asking: request, registry)))
    }

    @Sendable private func get(
        _ kind: CollectionKind, _ request: Request, _ context: RegistryRequestContext
    ) async throws -> Response {
        try await .json(
            registry.collection(context.qualifiedName(), kind: kind, as: context.caller(asking: request, registry)))
    }
}

extension CollectionKind {
    /// The kind as a path says it: `models`, `datasets`.
    var segment: String { rawValue + "s" }

    /// The path of one model or dataset, with its captures.
    var path: String { "\(segment)/:namespace/:name" }
}
