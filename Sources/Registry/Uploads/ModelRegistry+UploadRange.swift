package import BlobStore
import GRDB
package import RegistryTypes

extension ModelRegistry {
    /// The most separate pieces that a session holds at once.
    private static let mostExtents = 10_000

    /// Claims a range of a session and opens its file for it; asked before the body is read.
    ///
    /// The caller ends the range with `endRange`, whatever happens. Throws `conflict` if another request has a part of
    /// the range, `invalid-range` if the range does not fit with what was received.
    package func beginRange(
        _ range: Range<Int64>, ofTotal total: Int64, digest: Digest?, upload id: RunID, in namespace: ResourceName,
        as caller: Caller
    ) async throws -> RangeUpload {
        let first = try await requireUpload(id, in: namespace, as: caller)
        guard !first.isComplete else { throw RegistryError(.conflict, "the upload \(id) is complete; send no more") }
        try Self.check(range, ofTotal: total, first)
        try claims.claim(range, of: id)
        do {
            // Again, with the claim: whoever had the range before has recorded what came of it by now.
            try Self.check(range, ofTotal: total, await requireUpload(id, in: namespace, as: caller))
            return try blobs.session(id).beginRange(at: range.lowerBound, isHashed: digest != nil)
        } catch {
            claims.release(range, of: id)
            throw error
        }
    }

    /// Ends a range: what was written of it is made durable, and only then recorded as received (invariant I7).
    ///
    /// A range that broke off leaves its beginning, which no digest of the whole range can be compared with; the
    /// digest of all bytes will be. Throws `digest-mismatch` if all came and are others; nothing of it is recorded then.
    package func endRange(
        _ upload: RangeUpload, of range: Range<Int64>, digest: Digest?, upload id: RunID, in namespace: ResourceName,
        as caller: Caller
    ) async throws -> UploadRecord {
        defer { claims.release(range, of: id) }
        let isWhole = upload.size == Int64(range.count)
        try await Blocking.run {
            if isWhole, let digest { try upload.verify(digest) }
            if upload.size > 0 { try upload.sync() }
        }
        let received = range.lowerBound..<range.lowerBound + upload.size
        guard !received.isEmpty else { return try await self.upload(id, in: namespace, as: caller) }
        let record = try await keepBooks { db, now in
            try UploadRows.add(received, to: id, at: now, db)
            return try UploadRows.require(
                id, namespace: Namespaces.require(namespace, db), of: caller.principal, at: now, db
            ).record
        }
        FailurePoint.extentCommitted.reached()
        return record
    }

    private static func check(_ range: Range<Int64>, ofTotal total: Int64, _ upload: UploadRows) throws {
        guard total == upload.size, range.upperBound <= upload.size else {
            throw invalidRange(
                "the upload has \(upload.size) bytes; the range \(ByteExtent(range))/\(total) is not one of them",
                upload)
        }
        guard upload.received.gaps(in: range) == RangeSet(range) else {
            throw invalidRange(
                "bytes of the range \(ByteExtent(range)) were received already; send what is missing", upload)
        }
        let isJoined = upload.received.contains(range.lowerBound - 1) || upload.received.contains(range.upperBound)
        guard isJoined || upload.received.ranges.count < mostExtents else {
            throw RegistryError(
                .conflict, "the upload consists of \(mostExtents) pieces; fill the gaps before you begin new ones")
        }
    }

    /// The error for a range that does not fit, with what was received.
    package func invalidRange(
        _ sentence: String, upload id: RunID, in namespace: ResourceName, as caller: Caller
    ) async throws -> RegistryError {
        try await Self.invalidRange(sentence, requireUpload(id, in: namespace, as: caller))
    }

    private static func invalidRange(_ sentence: String, _ upload: UploadRows) -> RegistryError {
        RegistryError(
            .invalidRange, sentence,
            details: ["size": String(upload.size), "received": upload.received.listed])
    }
}

extension RangeSet<Int64> {
    /// `0-99,200-299`, the first hundred extents: what a header can carry.
    var listed: String { extents.prefix(100).map(\.description).joined(separator: ",") }
}
