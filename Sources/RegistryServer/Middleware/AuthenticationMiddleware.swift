import HTTPTypes
import Hummingbird
import Registry
import RegistryTypes

/// Finds out who makes a request; everything behind it has a caller.
struct AuthenticationMiddleware: RouterMiddleware {
    let registry: ModelRegistry

    @concurrent func handle(
        _ request: Request, context: RegistryRequestContext,
        next: @concurrent (Request, RegistryRequestContext) async throws -> Response
    ) async throws -> Response {
        guard let header = request.headers[.authorization], header.lowercased().hasPrefix("bearer ") else {
            throw RegistryError(.unauthenticated, "send `Authorization: Bearer <token>`; `assay login` stores one")
        }
        var context = context
        context.caller = try await registry.authenticate(
            String(header.dropFirst("bearer ".count)), requestID: context.id)
        return try await next(request, context)
    }
}
