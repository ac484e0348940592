import BlobStore
import HTTPTypes
import Hummingbird
import Registry
import RegistryTypes

/// Bytes by digest, within a namespace.
struct BlobRoutes {
    let registry: ModelRegistry

    func add(to group: RouterGroup<RegistryRequestContext>) {
        group.put("namespaces/:namespace/blobs/:digest", use: put)
        group.get("namespaces/:namespace/blobs/:digest", use: get)
        group.head("namespaces/:namespace/blobs/:digest", use: head)
    }

    @Sendable func get(_ request: Request, _ context: RegistryRequestContext) async throws -> Response {
        try await open(request, context, forPush: false)
    }

    private func open(
        _ request: Request, _ context: RegistryRequestContext, forPush: Bool
    ) async throws -> Response {
        let digest = try Digest(context.segment("digest"))
        let reader = try await registry.openBlob(
            digest, in: ResourceName(context.segment("namespace")), forPush: forPush, as: context.requireCaller())
        return try await BlobResponse(
            reader: reader, mediaType: "application/octet-stream", fileName: digest.hex, quarantine: registry.quarantine
        ).response(to: request, on: context.channel)
    }

    /// Pushers ask whether bytes are there already; what they hear stays true for as long as a push takes.
    @Sendable func head(_ request: Request, _ context: RegistryRequestContext) async throws -> Response {
        try await open(request, context, forPush: true)
    }

    @Sendable func put(_ request: Request, _ context: RegistryRequestContext) async throws -> Response {
        let digest = try Digest(context.segment("digest"))
        let namespace = try ResourceName(context.segment("namespace"))
        let caller = try context.requireCaller()
        try await registry.checkMayPush(to: namespace, as: caller)
        let received = try await ReceivedUpload.receive(request, into: registry.blobs, context)
        defer { received.upload.abandon() }
        let (record, isNew) = try await registry.finishUpload(
            received.upload, expecting: digest, size: received.size, in: namespace, as: caller)
        return try .json(record, status: isNew ? .created : .ok)
    }
}
