import Hummingbird
import Registry
import RegistryTypes

/// Which names in clients' certificates are whom.
struct CertificateRoutes {
    let registry: ModelRegistry

    func add(to group: RouterGroup<RegistryRequestContext>) {
        group.post("certificate-names", use: create)
        group.get("certificate-names", use: list)
        group.delete("certificate-names/:certificate", use: remove)
    }

    @Sendable func create(_ request: Request, _ context: RegistryRequestContext) async throws -> Response {
        var request = request
        let wanted = try await request.document(CreateCertificateName.self, upTo: context.maxUploadSize)
        return try await .json(registry.createCertificateName(wanted, as: context.requireCaller()), status: .created)
    }

    @Sendable func list(_ request: Request, _ context: RegistryRequestContext) async throws -> Response {
        try await .json(registry.certificateNames(request.page(), as: context.requireCaller()))
    }

    @Sendable func remove(_ request: Request, _ context: RegistryRequestContext) async throws -> Response {
        try await registry.removeCertificateName(context.segment("certificate"), as: context.requireCaller())
        return Response(status: .noContent)
    }
}
