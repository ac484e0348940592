import Hummingbird
import Registry
import RegistryTypes

/// The audit log.
struct AuditRoutes {
    let registry: ModelRegistry

    func add(to group: RouterGroup<RegistryRequestContext>) {
        group.get("audit", use: list)
    }

    @Sendable private func list(_ request: Request, _ context: RegistryRequestContext) async throws -> Response {
        let namespace = try request.uri.queryParameters["namespace"].map { try ResourceName($0) }
        let after = try request.uri.queryParameters["after"].map { text in
            guard let number = Int64(text) else {
                throw RegistryError(
                    .invalidRequest, "after is the sequence number of an entry, not \"\(text.prefix(20))\"")
            }
            return number
        }
        return try await .json(
            registry.auditLog(of: namespace, after: after, request.page(), as: context.requireCaller()))
    }
}
