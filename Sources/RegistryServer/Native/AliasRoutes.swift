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
            group.delete("\(kind.path)/aliases/:alias") { try await remove(kind, $0, $1) }
            group.get("\(kind.path)/aliases/:alias/history") { try await history(kind, $0, $1) }
            group.post("\(kind.path)/aliases/:alias/rollback") { try await rollBack(kind, $0, $1) }
        }
    }

    @Sendable private func list(
        _ kind: CollectionKind, _ request: Request, _ context: RegistryRequestContext
    ) async throws -> Response {
        try await .json(
            registry.aliases(
                of: context.qualifiedName(), kind: kind, request.page(), as: context.caller(asking: request, registry)))
    }

    @Sendable private func move(
        _ kind: CollectionKind, _ request: Request, _ context: RegistryRequestContext
    ) async throws -> Response {
        var request = request
        let wanted = try await request.document(MoveAlias.self, upTo: context.maxUploadSize)
        guard wanted.version > 0 else {
            throw RegistryError(.invalidRequest, "versions are numbered from 1; there is no version \(wanted.version)")
        }
        var response = try await move(kind, to: wanted.version, request, context)
        response.headers[.eTag] = "\"\(wanted.version)\""
        return response
    }

    @Sendable private func remove(
        _ kind: CollectionKind, _ request: Request, _ context: RegistryRequestContext
    ) async throws -> Response { try await move(kind, to: nil, request, context) }

    @Sendable private func rollBack(
        _ kind: CollectionKind, _ request: Request, _ context: RegistryRequestContext
    ) async throws -> Response {
        let record = try await registry.rollBackAlias(
            Alias(context.segment("alias")), of: context.qualifiedName(), kind: kind,
            expected: Self.expected(request.headers), as: context.requireCaller())
        var response = try Response.json(record)
        response.headers[.eTag] = record.version.map { "\"\($0)\"" }
        return response
    }

    private func move(
        _ kind: CollectionKind, to number: Int?, _ request: Request, _ context: RegistryRequestContext
    ) async throws -> Response {
        try await .json(
            registry.moveAlias(
                Alias(context.segment("alias")), of: context.qualifiedName(), kind: kind, to: number,
                expected: Self.expected(request.headers), as: context.requireCaller()))
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
                as: context.caller(asking: request, registry)))
    }
}
