import BlobStore
import HTTPTypes
import Hummingbird
import NIOCore
import NIOHTTPTypes
import NIOPosix
import Registry
import RegistryTypes

/// Bytes by digest, within a namespace.
struct BlobRoutes {
    let registry: ModelRegistry

    func add(to group: RouterGroup<RegistryRequestContext>) {
        group.put("namespaces/:namespace/blobs/:digest", use: put)
        group.get("namespaces/:namespace/blobs/:digest", use: get)
        group.head("namespaces/:namespace/blobs/:digest", use: get)
    }

    @Sendable func get(_ request: Request, _ context: RegistryRequestContext) async throws -> Response {
        let digest = try Digest(context.segment("digest"))
        let reader = try await registry.openBlob(
            digest, in: ResourceName(context.segment("namespace")), as: context.requireCaller())
        return try BlobResponse(reader: reader, mediaType: "application/octet-stream", fileName: digest.hex)
            .response(to: request)
    }

    @Sendable func put(_ request: Request, _ context: RegistryRequestContext) async throws -> Response {
        let digest = try Digest(context.segment("digest"))
        let namespace = try ResourceName(context.segment("namespace"))
        let caller = try context.requireCaller()
        guard let size = request.headers[.contentLength].flatMap({ Int64($0) }) else {
            throw RegistryError(.lengthRequired, "an upload needs its Content-Length")
        }
        try await registry.checkMayPush(to: namespace, as: caller)
        // Asked for only now: a client that waits for it has not sent a body that would be refused.
        if request.headers[.expect]?.lowercased() == "100-continue" {
            try await context.channel.writeAndFlush(HTTPResponsePart.head(HTTPResponse(status: .continue)))
        }
        let upload = try registry.blobs.beginUpload()
        defer { upload.abandon() }
        for try await buffer in request.body {
            guard upload.size + Int64(buffer.readableBytes) <= size else {
                throw RegistryError(.lengthMismatch, "more bytes were sent than the Content-Length of \(size)")
            }
            try await NIOThreadPool.singleton.runIfActive {
                try buffer.withUnsafeReadableBytes { try upload.write($0) }
            }
        }
        let record = try await registry.finishUpload(
            upload, expecting: digest, size: size, in: namespace, as: caller)
        return try .json(record, status: .created)
    }
}
