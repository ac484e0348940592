import Hummingbird

/// Counts every request; the outermost middleware, so that refused ones are counted too.
struct CountingMiddleware: RouterMiddleware {
    private static let methods: Set<String> = ["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"]

    let counters: RequestCounters

    @concurrent func handle(
        _ request: Request, context: RegistryRequestContext,
        next: @concurrent (Request, RegistryRequestContext) async throws -> Response
    ) async throws -> Response {
        let start = ContinuousClock.now
        let response = try await next(request, context)
        let method = request.method.rawValue
        // A label that a client chooses would grow without end.
        let key = RequestCounters.Key(
            method: Self.methods.contains(method) ? method : "other", status: response.status.code)
        counters.add(key, seconds: (ContinuousClock.now - start) / .seconds(1))
        return response
    }
}
