import HTTPTypes
import Hummingbird
import Registry
import RegistryTypes

/// Aliases: where they point, moving them, their history.
struct AliasRoutes {
    let registry: ModelRegistry

    func add(to group: RouterGroup<RegistryRequestContext>) {
        for kind in CollectionKind.allCases {
            group.get("\(kind.path)/aliases") { try await list(kind, $0, $1) }
            group.put("\(kind.path)/aliases/:alias") { try await move(kind, $0, $1) }
            group.get("\(kind.path)/aliases/:alias/history") { try await history(kind, $0, $1) }
        }
    }

    @Sendable private func list(
        _ kind: CollectionKind, _ request: Request, _ context: RegistryRequestContext
    ) async throws -> Response {
        try await .json(
            registry.aliases(
                of: context.qualifiedName(), kind: kind, request.page(), as: context.requireCaller()))
    }

    @Sendable private func move(
        _ kind: CollectionKind, _ request: Request, _ context: RegistryRequestContext
    ) async throws -> Response {
        var request = request
        let wanted = try await request.document(MoveAlias.self, upTo: context.maxUploadSize)
        let record = try await registry.moveAlias(
            Alias(context.segment("alias")), of: context.qualifiedName(), kind: kind, to: wanted.version,
            expected: Self.expected(request.headers), as: context.requireCaller())
        var response = try Response.json(record)
        if let number = record.version { response.headers[.eTag] = "\"\(number)\"" }
        return response
    }

    /// What the alias must be now: `If-Match: "<number>"`, or `If-None-Match: *` for one that is new.
    private static func expected(_ headers: HTTPFields) throws -> Int? {
        switch (headers[.ifMatch], headers[.ifNoneMatch]) {
        case (nil, nil): return nil
        case (nil, "*"): return 0
        case (let tag?, nil):
            let number = tag.hasPrefix("\"") && tag.hasSuffix("\"") ? Int(tag.dropFirst().dropLast()) : nil
            if let number, number > 0 { return number }
        default: break
        }
        throw RegistryError(
            .invalidRequest,
            "a condition is If-Match with the number of the present version in quotes, or If-None-Match: * for a new "
                + "alias")
    }

    @Sendable private func history(
        _ kind: CollectionKind, _ request: Request, _ context: RegistryRequestContext
    ) async throws -> Response {
        try await .json(
            registry.aliasHistory(
                of: Alias(context.segment("alias")), of: context.qualifiedName(), kind: kind, request.page(),
                as: context.requireCaller()))
    }
}
