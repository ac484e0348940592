import Hummingbird
import Registry
import RegistryTypes

/// The comparison of two versions.
struct DifferenceRoutes {
    let registry: ModelRegistry

    func add(to group: RouterGroup<RegistryRequestContext>) {
        group.get("diff", use: get)
    }

    @Sendable private func get(_ request: Request, _ context: RegistryRequestContext) async throws -> Response {
        let query = request.uri.queryParameters
        guard let left = query["left"], let right = query["right"] else {
            throw RegistryError(.invalidRequest, "say what to compare, as in ?left=ns/name:1&right=ns/name:2")
        }
        func tolerances(_ name: String) throws -> [NamedTolerance] {
            try query.getAll(name).map { try NamedTolerance($0) }
        }
        return try await .json(
            registry.compare(
                Reference(left), Reference(right),
                tolerances: Recipe.Comparison(
                    tensors: tolerances("tolerance"), metrics: tolerances("metricTolerance")),
                all: try Self.isTrue(query["all"]), as: context.requireCaller()))
    }

    private static func isTrue(_ text: Substring?) throws -> Bool {
        switch text ?? "false" {
        case "true": true
        case "false": false
        default: throw RegistryError(.invalidRequest, "all is true or false")
        }
    }
}
