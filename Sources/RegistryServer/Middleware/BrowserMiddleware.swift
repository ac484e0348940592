import HTTPTypes
import Hummingbird

/// No answer is a page: what a browser shows of one is not guessed at, runs nothing, asks for nothing and is framed by
/// nobody, whatever bytes and media types were pushed.
struct BrowserMiddleware: RouterMiddleware {
    @concurrent func handle(
        _ request: Request, context: RegistryRequestContext,
        next: @concurrent (Request, RegistryRequestContext) async throws -> Response
    ) async throws -> Response {
        var response = try await next(request, context)
        response.headers[.xContentTypeOptions] = "nosniff"
        response.headers[.contentSecurityPolicy] = "default-src 'none'; frame-ancestors 'none'; sandbox"
        return response
    }
}
