import Hummingbird
import Registry
import RegistryTypes

/// Lineage: what something was made from, and what was made from it.
struct LineageRoutes {
    let registry: ModelRegistry

    func add(to group: RouterGroup<RegistryRequestContext>) {
        group.get("lineage", use: get)
    }

    @Sendable private func get(_ request: Request, _ context: RegistryRequestContext) async throws -> Response {
        guard let reference = request.uri.queryParameters["ref"] else {
            throw RegistryError(.invalidRequest, "say what the lineage is of, as in ?ref=model:ns/name:12")
        }
        let text = request.uri.queryParameters["direction"].map(String.init) ?? LineageGraph.Direction.both.rawValue
        guard let direction = LineageGraph.Direction(rawValue: text) else {
            throw RegistryError(.invalidRequest, "direction is up, down or both, not \"\(text.prefix(20))\"")
        }
        return try await .json(
            registry.lineage(of: Reference(reference), direction, as: context.caller(asking: request, registry)))
    }
}
