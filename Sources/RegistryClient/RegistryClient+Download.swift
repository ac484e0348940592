import AsyncHTTPClient
public import Foundation
import NIOCore
import NIOHTTP1
public import RegistryTypes

extension RegistryClient {
    /// Fetches bytes into a file that appears under its name only when it is complete and verified.
    ///
    /// A connection that breaks off is taken up again where it ended, also by the next call in another process.
    ///
    /// - Parameters:
    ///   - address: where the bytes are.
    ///   - size: how many are expected; nil if only the digest is known.
    ///   - limit: the most that is taken if the size is not known.
    ///   - sha256: their digest.
    ///   - target: the file; it is replaced if it exists, and folders above it are made.
    ///   - name: what the file is called in messages, if not by its place.
    ///   - progress: told the bytes that are there.
    /// - Throws: `integrity-failure` if other bytes arrive than were expected, `blob-corrupt` if the server has lost
    ///   them; nothing is left behind then.
    public func download(
        _ address: BlobAddress, size: Int64?, limit: Int64 = 16 << 30, sha256: Digest, to target: URL,
        called name: String? = nil, isExecutable: Bool = false, progress: @escaping @Sendable (Int64) -> Void = { _ in }
    ) async throws {
        var part = try PartFile(for: target, sha256: sha256, isShared: size != nil)
        if let size { try part.resume(upTo: size) }
        let isResumed = part.isResumed
        if isResumed { progress(part.size) }
        do {
            try await fill(&part, address, size: size, limit: size ?? limit, sha256: sha256, progress: progress)
        } catch let error as RegistryError where error.code == .blobCorrupt {
            try part.restart()
            throw RegistryError(
                .blobCorrupt, "\(name ?? target.lastPathComponent): \(error.message). Nothing was kept",
                details: error.details)
        }
        if isResumed, part.isResumed, part.digest != sha256 {
            // Not necessarily the server's fault: a power cut may have damaged what an earlier try left.
            try part.restart()
            try await fill(&part, address, size: size, limit: size ?? limit, sha256: sha256, progress: progress)
        }
        try part.verify(size: size, sha256: sha256, source: name ?? target.lastPathComponent)
        try part.moveIntoPlace(isExecutable: isExecutable)
    }

    /// Fetches until the part is full, over as many connections as it takes.
    private func fill(
        _ part: inout PartFile, _ address: BlobAddress, size: Int64?, limit: Int64, sha256: Digest,
        progress: @Sendable (Int64) -> Void
    ) async throws {
        var patience = Patience(retries)
        var isFirst = !part.isResumed
        // After a failure everything may be there although the connection did not end well.
        while isFirst || part.size != size {
            isFirst = false
            let before = part.size
            do {
                return try await fetch(
                    address, size: size, limit: limit, sha256: sha256, into: &part, progress: progress)
            } catch {
                guard let setback = setback(for: error) as? Setback else { throw error }
                if part.size > before { patience.renew() }
                try await patience.wait(after: setback)
            }
        }
    }

    /// Fetches at most `limit` bytes into memory, for the target of a symbolic link and the like.
    public func download(_ address: BlobAddress, sha256: Digest, limit: Int) async throws -> Data {
        let data = try await perform(APIRequest(.get, address.path)) { response in
            Data(try await response.body.collect(upTo: limit).readableBytesView)
        }
        guard Digest.of(data) == sha256 else {
            throw RegistryError(.integrityFailure, "the bytes fetched do not match \(sha256)")
        }
        return data
    }

    /// Fetches what is missing of a part.
    private func fetch(
        _ address: BlobAddress, size: Int64?, limit: Int64, sha256: Digest, into part: inout PartFile,
        progress: @Sendable (Int64) -> Void
    ) async throws {
        var request = APIRequest(.get, address.path)
        if part.size > 0 {
            request = request.header("Range", "bytes=\(part.size)-").header("If-Range", "\"\(sha256)\"")
        }
        let response = try await perform(request) { $0 }
        if part.size > 0, !Self.continues(response, at: part.size) { try part.restart() }
        for try await piece in response.body {
            guard part.size + Int64(piece.readableBytes) <= limit else {
                try part.restart()
                throw RegistryError(
                    .integrityFailure, "more than the expected \(limit) bytes arrived; nothing was kept")
            }
            try part.append(piece)
            progress(part.size)
        }
        // A body that ends early without Content-Length looks complete to the transport.
        guard size == nil || part.size == size || response.headers.contains(name: "Content-Length") else {
            throw HTTPClientError.remoteConnectionClosed
        }
    }

    private static func continues(_ response: HTTPClientResponse, at offset: Int64) -> Bool {
        response.status == .partialContent
            && response.headers.first(name: "Content-Range")?.hasPrefix("bytes \(offset)-") == true
    }
}
