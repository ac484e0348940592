import Hummingbird
import Logging
import NIOCore
import RegistryTypes

/// Turns every error into a problem document; what is nobody's mistake is logged and told without details.
///
/// An answer to HEAD, error or not, leaves here without its body: sent, it would be read as the next answer.
struct ErrorMiddleware: RouterMiddleware {
    let allowed: AllowedMethods

    @concurrent func handle(
        _ request: Request, context: RegistryRequestContext,
        next: @concurrent (Request, RegistryRequestContext) async throws -> Response
    ) async throws -> Response {
        let response = await answer(request, context, next)
        return request.method == .head ? response.createHeadResponse() : response
    }

    /// The answer where the contract has nothing: another method may do, or nothing is there at all.
    private func noRoute(_ request: Request, _ context: RegistryRequestContext) -> Response {
        let methods = allowed.methods(of: request.uri.path).joined(separator: ", ")
        guard !methods.isEmpty else {
            return RegistryError(
                .notFound,
                "there is no \(request.uri.path.prefix(200)) in the API; /api/v1/openapi.yaml lists what there is"
            ).response(requestID: context.id)
        }
        var response = RegistryError(
            .methodNotAllowed, "\(request.method) is not possible here; use one of \(methods)"
        ).response(requestID: context.id)
        response.headers[.allow] = methods
        return response
    }

    @concurrent private func answer(
        _ request: Request, _ context: RegistryRequestContext,
        _ next: @concurrent (Request, RegistryRequestContext) async throws -> Response
    ) async -> Response {
        do {
            return try await next(request, context)
        } catch let error as RegistryError {
            return error.response(requestID: context.id)
        } catch let error as any HTTPResponseError where error.status == .notFound {
            return noRoute(request, context)
        } catch let error as any HTTPResponseError {
            let code: ErrorCode =
                switch error.status.code {
                case 405: .methodNotAllowed
                case 413: .payloadTooLarge
                default: .invalidRequest
                }
            return RegistryError(code, "\(request.method) \(request.uri.path): \(error.status.reasonPhrase)")
                .response(requestID: context.id)
        } catch is NIOTooManyBytesError {
            return RegistryError(.payloadTooLarge, "the body is larger than this operation takes")
                .response(requestID: context.id)
        } catch  where error is ChannelError || error is CancellationError || error is IOError {
            context.logger.debug("the client went away", metadata: ["error": "\(error)"])
            return RegistryError(.invalidRequest, "the request ended before its end").response(requestID: context.id)
        } catch {
            context.logger.error("request failed", metadata: ["error": "\(error)"])
            return RegistryError(.internalError, "the server failed; its log has request \(context.id)")
                .response(requestID: context.id)
        }
    }
}
