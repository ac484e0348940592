import HTTPTypes
import Hummingbird
import NIOCore
import Registry
import RegistryTypes

/// Reproductions: asking for one, its state, its log.
struct ReproductionRoutes {
    let registry: ModelRegistry

    func add(to group: RouterGroup<RegistryRequestContext>) {
        for kind in CollectionKind.allCases {
            group.post("\(kind.path)/versions/:selector/reproductions") { try await request(kind, $0, $1) }
            group.get("\(kind.path)/versions/:selector/reproductions") { try await list(kind, $0, $1) }
            group.get("\(kind.path)/versions/:selector/reproducibility") { try await check(kind, $0, $1) }
            group.post("\(kind.path)/versions/:selector/reproductions/local") { try await beginLocal(kind, $0, $1) }
            group.post("\(kind.path)/versions/:selector/variations") { try await vary(kind, $0, $1) }
        }
        group.get("reproductions/:id", use: get)
        group.get("reproductions/:id/log", use: log)
        group.post("reproductions/:id/cancel", use: cancel)
    }

    @Sendable func request(
        _ kind: CollectionKind, _ request: Request, _ context: RegistryRequestContext
    ) async throws -> Response {
        var request = request
        let wanted = try await request.document(RequestReproduction.self, upTo: context.maxUploadSize)
        let record = try await registry.requestReproduction(
            wanted.kind, of: context.versionReference(), in: kind, tolerances: wanted.compare,
            as: context.requireCaller())
        return try .json(record, status: .accepted)
    }

    @Sendable func beginLocal(
        _ kind: CollectionKind, _ request: Request, _ context: RegistryRequestContext
    ) async throws -> Response {
        var request = request
        let wanted = try await request.document(RequestReproduction.self, upTo: context.maxUploadSize)
        let begun = try await registry.beginLocalReproduction(
            wanted.kind, of: context.versionReference(), in: kind, tolerances: wanted.compare,
            as: context.requireCaller())
        return try .json(begun, status: .created)
    }

    @Sendable func vary(
        _ kind: CollectionKind, _ request: Request, _ context: RegistryRequestContext
    ) async throws -> Response {
        var request = request
        let wanted = try await request.document(RequestVariations.self, upTo: context.maxUploadSize)
        let requested = try await registry.requestVariations(
            wanted, of: context.versionReference(), in: kind, as: context.requireCaller())
        return try .json(requested, status: .accepted)
    }

    @Sendable func check(
        _ kind: CollectionKind, _ request: Request, _ context: RegistryRequestContext
    ) async throws -> Response {
        let text = request.uri.queryParameters["kind"].map(String.init) ?? Verdict.Kind.retrain.rawValue
        guard let repeated = Verdict.Kind(rawValue: text) else {
            throw RegistryError(.invalidRequest, "kind is retrain or evaluate, not \"\(text.prefix(20))\"")
        }
        return try await .json(
            registry.checkReproduction(
                repeated, of: context.versionReference(), in: kind, as: context.requireCaller()))
    }

    @Sendable func list(
        _ kind: CollectionKind, _ request: Request, _ context: RegistryRequestContext
    ) async throws -> Response {
        try await .json(
            registry.reproductions(
                of: context.versionReference(), in: kind, request.page(), as: context.requireCaller()))
    }

    @Sendable func get(_ request: Request, _ context: RegistryRequestContext) async throws -> Response {
        try await .json(registry.reproduction(context.runID(), as: context.requireCaller()))
    }

    @Sendable func log(_ request: Request, _ context: RegistryRequestContext) async throws -> Response {
        let text = request.uri.queryParameters["offset"].map(String.init) ?? "0"
        guard let offset = Int(text) else {
            throw RegistryError(.invalidRequest, "offset counts bytes from 0; \"\(text)\" is not a number")
        }
        let (bytes, isComplete) = try await registry.log(
            of: context.runID(), from: offset, as: context.requireCaller())
        var headers: HTTPFields = [.contentType: "text/plain; charset=utf-8"]
        if let name = HTTPField.Name("X-Assay-Log-Complete") { headers[name] = String(isComplete) }
        return Response(status: .ok, headers: headers, body: .init(byteBuffer: ByteBuffer(bytes: bytes)))
    }

    @Sendable func cancel(_ request: Request, _ context: RegistryRequestContext) async throws -> Response {
        try await .json(registry.cancelReproduction(context.runID(), as: context.requireCaller()))
    }
}
