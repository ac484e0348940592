import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import Registry
import RegistryTypes

/// The audit log as a signed tree, laid out as C2SP tlog-tiles says below `/api/v1/audit`, and proofs about it.
struct LogRoutes {
    let registry: ModelRegistry

    func add(to group: RouterGroup<RegistryRequestContext>) {
        group.get("audit/status") { _, context in
            _ = try context.requireCaller()
            return try await Response.json(registry.logStatus())
        }
        group.get("audit/checkpoint") { _, context in
            _ = try context.requireCaller()
            return Self.text(try await registry.checkpoint())
        }
        group.get("audit/tile/**", use: tile)
        group.get("audit/proofs/inclusion", use: inclusion)
        group.get("audit/proofs/consistency", use: consistency)
        group.post("audit/epochs", use: startEpoch)
        group.post("audit/keys/rotate", use: rotateKey)
        for kind in CollectionKind.allCases {
            group.get("\(kind.path)/versions/:selector/tlog-proof") { _, context in
                try await Self.text(
                    registry.logProof(of: context.versionReference(), kind: kind, as: context.requireCaller()))
            }
        }
    }

    @Sendable private func tile(_ request: Request, _ context: RegistryRequestContext) async throws -> Response {
        let path = "tile/" + context.parameters.getCatchAll().joined(separator: "/")
        let bytes = try await registry.logTile(path, as: context.requireCaller())
        // A tile of signed hashes never changes; it is not for caches that others share.
        return Response(
            status: .ok,
            headers: [
                .contentType: "application/octet-stream", .cacheControl: "private, max-age=31536000, immutable",
            ], body: .init(byteBuffer: ByteBuffer(bytes: bytes)))
    }

    @Sendable private func inclusion(_ request: Request, _ context: RegistryRequestContext) async throws -> Response {
        guard let entry = try Self.number("entry", request) else {
            throw RegistryError(.invalidRequest, "entry is the sequence number of an entry")
        }
        return try await .json(
            registry.inclusionProof(of: entry, size: Self.number("size", request), as: context.requireCaller()))
    }

    @Sendable private func consistency(_ request: Request, _ context: RegistryRequestContext) async throws -> Response {
        _ = try context.requireCaller()
        guard let old = try Self.number("from", request) else {
            throw RegistryError(.invalidRequest, "from is the number of entries of the older tree")
        }
        return try await .json(registry.consistencyProof(from: old, to: Self.number("to", request)))
    }

    @Sendable private func startEpoch(_ request: Request, _ context: RegistryRequestContext) async throws -> Response {
        var request = request
        let wanted = try await request.document(StartLogEpoch.self, upTo: context.maxUploadSize)
        return try await .json(registry.startLogEpoch(wanted, as: context.requireCaller()), status: .created)
    }

    @Sendable private func rotateKey(_ request: Request, _ context: RegistryRequestContext) async throws -> Response {
        var request = request
        let wanted = try await request.document(RotateLogKey.self, upTo: context.maxUploadSize)
        return try await .json(registry.rotateLogKey(wanted, as: context.requireCaller()), status: .created)
    }

    private static func number(_ name: String, _ request: Request) throws -> Int64? {
        try request.uri.queryParameters[Substring(name)].map { text in
            guard let number = Int64(text), number >= 0 else {
                throw RegistryError(.invalidRequest, "\(name) is a number from 0, not \"\(text.prefix(20))\"")
            }
            return number
        }
    }

    private static func text(_ text: String) -> Response {
        Response(
            status: .ok, headers: [.contentType: "text/plain; charset=utf-8", .cacheControl: "private, no-cache"],
            body: .init(byteBuffer: ByteBuffer(string: text)))
    }
}
