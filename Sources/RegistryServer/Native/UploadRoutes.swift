import BlobStore
import HTTPTypes
import Hummingbird
import Registry
import RegistryTypes

/// Upload sessions: bytes that come in ranges, over connections that break.
struct UploadRoutes {
    let registry: ModelRegistry

    func add(to group: RouterGroup<RegistryRequestContext>) {
        group.post("namespaces/:namespace/uploads", use: create)
        group.get("namespaces/:namespace/uploads/:id", use: get)
        group.put("namespaces/:namespace/uploads/:id", use: put)
        group.delete("namespaces/:namespace/uploads/:id", use: abandon)
        group.post("namespaces/:namespace/uploads/:id/complete", use: complete)
    }

    @Sendable func create(_ request: Request, _ context: RegistryRequestContext) async throws -> Response {
        var request = request
        let upload = try await request.document(CreateUpload.self, upTo: context.maxUploadSize)
        let (record, isNew) = try await registry.createUpload(
            upload, in: ResourceName(context.segment("namespace")), as: context.requireCaller())
        return try .json(record, status: isNew ? .created : .ok)
    }

    @Sendable func get(_ request: Request, _ context: RegistryRequestContext) async throws -> Response {
        let (id, namespace) = (try context.runID(), try ResourceName(context.segment("namespace")))
        return try await .json(registry.upload(id, in: namespace, as: context.requireCaller()))
    }

    @Sendable func put(_ request: Request, _ context: RegistryRequestContext) async throws -> Response {
        let (id, namespace) = (try context.runID(), try ResourceName(context.segment("namespace")))
        let caller = try context.requireCaller()
        let (content, digest) = (try ContentRange(request), try ContentDigest.of(request))
        let length = try ReceivedUpload.declaredSize(request)
        guard length == Int64(content.range.count) else {
            throw try await registry.invalidRange(
                "the range \(ByteExtent(content.range)) has \(content.range.count) bytes, but Content-Length says \(length)",
                upload: id, in: namespace, as: caller)
        }
        let upload = try await registry.beginRange(
            content.range, ofTotal: content.total, digest: digest, upload: id, in: namespace, as: caller)
        var failure: (any Error)?
        do {
            try await ReceivedUpload.receive(request, size: length, context) { try upload.write($0) }
        } catch {
            failure = error
        }
        // What came before the connection broke is kept: after a failure too, and by a task that no cancelling reaches.
        let record = try await Task { [registry] in
            try await registry.endRange(
                upload, of: content.range, digest: digest, upload: id, in: namespace, as: caller)
        }.value
        if let failure { throw failure }
        guard upload.size == length else {
            throw RegistryError(
                .lengthMismatch, "the body ended after \(upload.size) of \(length) bytes; send the rest")
        }
        return try .json(record)
    }

    @Sendable func complete(_ request: Request, _ context: RegistryRequestContext) async throws -> Response {
        let (id, namespace) = (try context.runID(), try ResourceName(context.segment("namespace")))
        return try await .json(registry.completeUpload(id, in: namespace, as: context.requireCaller()))
    }

    @Sendable func abandon(_ request: Request, _ context: RegistryRequestContext) async throws -> Response {
        let (id, namespace) = (try context.runID(), try ResourceName(context.segment("namespace")))
        try await registry.abandonUpload(id, in: namespace, as: context.requireCaller())
        return Response(status: .noContent)
    }
}
