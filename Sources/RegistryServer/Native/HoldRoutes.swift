import Hummingbird
import Registry
import RegistryTypes

/// Legal holds.
struct HoldRoutes {
    let registry: ModelRegistry

    func add(to group: RouterGroup<RegistryRequestContext>) {
        for kind in CollectionKind.allCases {
            group.post("\(kind.path)/versions/:selector/holds") { try await place(kind, $0, $1) }
        }
        group.get("namespaces/:namespace/holds", use: list)
        group.post("holds/:id/lift", use: lift)
    }

    @Sendable private func place(
        _ kind: CollectionKind, _ request: Request, _ context: RegistryRequestContext
    ) async throws -> Response {
        var request = request
        let wanted = try await request.document(PlaceHold.self, upTo: context.maxUploadSize)
        let record = try await registry.placeHold(
            wanted, on: context.versionReference(), kind: kind, as: context.requireCaller())
        return try .json(record, status: .created)
    }

    @Sendable private func list(_ request: Request, _ context: RegistryRequestContext) async throws -> Response {
        try await .json(
            registry.holds(
                in: ResourceName(context.segment("namespace")), request.page(), as: context.requireCaller()))
    }

    @Sendable private func lift(_ request: Request, _ context: RegistryRequestContext) async throws -> Response {
        try await .json(registry.liftHold(context.runID(), as: context.requireCaller()))
    }
}
