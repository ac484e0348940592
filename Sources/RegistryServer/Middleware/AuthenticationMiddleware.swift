import HTTPTypes
import Hummingbird
import NIOCore
import NIOSSL
import Registry
import RegistryTypes

/// Finds out who makes a request; everything behind it has a caller.
struct AuthenticationMiddleware: RouterMiddleware {
    let registry: ModelRegistry
    let failures: FailedAttempts

    @concurrent func handle(
        _ request: Request, context: RegistryRequestContext,
        next: @concurrent (Request, RegistryRequestContext) async throws -> Response
    ) async throws -> Response {
        var context = context
        context.caller = try await caller(of: request, context)
        return try await next(request, context)
    }

    /// Who makes a request, by its token or certificate.
    func caller(of request: Request, _ context: RegistryRequestContext) async throws -> Caller {
        let header = request.headers[.authorization].flatMap { header in
            header.lowercased().hasPrefix("bearer ") ? String(header.dropFirst("bearer ".count)) : nil
        }
        do {
            guard let header else {
                if request.headers[.authorization] == nil, let names = try await certificateNames(context.channel) {
                    return try await registry.authenticate(certificateNames: names, requestID: context.id)
                }
                throw RegistryError(.unauthenticated, "send `Authorization: Bearer <token>`; `assay login` stores one")
            }
            return try await registry.authenticate(header, requestID: context.id)
        } catch let error as RegistryError where [.unauthenticated, .tokenExpired].contains(error.code) {
            throw failures.count(
                error, from: context.channel.remoteAddress, token: header.flatMap { APIToken($0)?.id })
        }
    }

    /// The names in the certificate that the client showed; nil without one. That a CA of the server signed it was checked
    /// when the connection began.
    private func certificateNames(_ channel: any Channel) async throws -> [String]? {
        guard let certificate = try? await channel.nioSSL_peerCertificate().get() else { return nil }
        guard !certificate.hasExpired else {
            throw RegistryError(.tokenExpired, "the client's certificate has expired; connect with a new one")
        }
        return certificate.names
    }
}
