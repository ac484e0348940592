import Hummingbird
import Registry
import RegistryTypes

/// How often approved versions are verified again.
struct ScheduleRoutes {
    let registry: ModelRegistry

    func add(to group: RouterGroup<RegistryRequestContext>) {
        group.get("namespaces/:namespace/schedules", use: list)
        group.put("namespaces/:namespace/schedules", use: set)
    }

    @Sendable private func list(_ request: Request, _ context: RegistryRequestContext) async throws -> Response {
        try await .json(
            Page(
                items: registry.schedules(
                    in: ResourceName(context.segment("namespace")), as: context.requireCaller())))
    }

    @Sendable private func set(_ request: Request, _ context: RegistryRequestContext) async throws -> Response {
        var request = request
        let wanted = try await request.document(SetSchedule.self, upTo: context.maxUploadSize)
        return try await .json(
            Page(
                items: registry.setSchedule(
                    wanted, in: ResourceName(context.segment("namespace")), as: context.requireCaller())))
    }
}
