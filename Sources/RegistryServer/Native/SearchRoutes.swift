import Hummingbird
import Registry
import RegistryTypes

/// Finding versions by their name and by what is known of them.
struct SearchRoutes {
    let registry: ModelRegistry

    func add(to group: RouterGroup<RegistryRequestContext>) {
        group.get("search", use: search)
    }

    @Sendable private func search(_ request: Request, _ context: RegistryRequestContext) async throws -> Response {
        guard let text = request.uri.queryParameters["q"] else {
            throw RegistryError(.invalidRequest, "say what to look for, as in ?q=fraud%20alias:production")
        }
        let kind = request.uri.queryParameters["kind"].map(String.init) ?? CollectionKind.model.rawValue
        guard let kind = CollectionKind(rawValue: kind) else {
            throw RegistryError(.invalidRequest, "kind is model or dataset, not \"\(kind.prefix(20))\"")
        }
        return try await .json(
            registry.search(
                SearchQuery(String(text), kind: kind), request.page(), as: context.caller(asking: request, registry)))
    }
}
