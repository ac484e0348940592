import AsyncHTTPClient
import Foundation
import NIOCore
import RegistryTypes

import struct Crypto.SHA256

/// Brings the parts of one file to its upload session.
struct PartTransfer: Sendable {
    let client: RegistryClient
    let file: LocalFile
    /// The session's path below `/api/v1`.
    let path: [String]
    private let tally: TransferTally

    init(
        client: RegistryClient, file: LocalFile, path: [String], progress: @escaping @Sendable (Int64) -> Void
    ) {
        self.client = client
        self.file = file
        self.path = path
        tally = TransferTally(total: file.size) { done, _ in progress(done) }
    }

    /// Sends what is missing of a part, and goes on after every failure from what the server has got of it.
    func send(_ part: Range<Int64>, _ index: Int, received: RangeSet<Int64>) async throws {
        var gaps = received.gaps(in: part)
        var patience = Patience(client.retries)
        tally.set(index, to: Int64(part.count) - gaps.byteCount)
        while let gap = gaps.ranges.first {
            let before = gaps.byteCount
            do {
                let there = Int64(part.count) - before
                let record = try await put(gap) { tally.set(index, to: there + $0) }
                gaps = RangeSet(record.received).gaps(in: part)
            } catch {
                try await patience.wait(after: Self.setback(error))
                let record: UploadRecord = try await client.send(APIRequest(.get, path))
                gaps = RangeSet(record.received).gaps(in: part)
            }
            if gaps.byteCount < before { patience.renew() }
            tally.set(index, to: Int64(part.count) - gaps.byteCount)
        }
    }

    private func put(_ range: Range<Int64>, progress: @escaping @Sendable (Int64) -> Void) async throws -> UploadRecord
    {
        let digest = try Data(self.digest(of: range).bytes).base64EncodedString()
        var request = APIRequest(.put, path)
            .header("Content-Range", "bytes \(range.lowerBound)-\(range.upperBound - 1)/\(file.size)")
            .header("Content-Digest", "sha-256=:\(digest):")
        request.body = .file(FilePieces(file: file, range: range, progress: progress))
        return try await client.attempt(request) { response in
            let body = try await response.body.collect(upTo: Transport.largestDocument)
            return try JSONDecoder().decode(UploadRecord.self, from: Data(body.readableBytesView))
        }
    }

    private func digest(of range: Range<Int64>) throws -> Digest {
        let source = try OpenFile(file.url)
        var hasher = SHA256()
        var position = range.lowerBound
        while position < range.upperBound {
            try Task.checkCancellation()
            let count = Int(min(range.upperBound - position, Int64(LocalFile.pieceSize)))
            let piece = try source.read(at: position, count: count)
            guard piece.readableBytes > 0 else { throw file.changed }
            piece.withUnsafeReadableBytes { hasher.update(bufferPointer: $0) }
            position += Int64(piece.readableBytes)
        }
        return Digest(hasher.finalize())
    }

    /// Takes for a setback also what another sender of the same bytes may have caused, or damage on the way.
    private static func setback(_ error: any Error) throws -> Setback {
        if let setback = error as? Setback { return setback }
        guard let error = error as? RegistryError, [.invalidRange, .conflict, .digestMismatch].contains(error.code)
        else { throw error }
        return Setback(error: error)
    }
}
