public import Foundation
import NIOCore
public import RegistryTypes

import struct Crypto.SHA256

/// A file on this machine that was hashed and is about to be sent.
public struct LocalFile: Sendable {
    /// Where it is.
    public let url: URL
    /// Its length in bytes.
    public let size: Int64
    /// The digest of its bytes.
    public let sha256: Digest
    /// Whether its owner may execute it.
    public let isExecutable: Bool
    private let stamp: FileStamp

    /// How much is read at once, in bytes.
    static let pieceSize = 1 << 20

    /// Reads and hashes a regular file, piece by piece.
    ///
    /// - Parameter progress: told the number of further bytes after each piece.
    /// - Throws: `not-found`, `invalid-path`, or `integrity-failure` if the file changes meanwhile.
    public init(hashing url: URL, progress: (@Sendable (Int64) -> Void)? = nil) throws {
        let file = try OpenFile(url)
        stamp = try file.stamp()
        var hasher = SHA256()
        var offset: Int64 = 0
        while true {
            try Task.checkCancellation()
            let piece = try file.read(at: offset, count: Self.pieceSize)
            guard piece.readableBytes > 0 else { break }
            piece.withUnsafeReadableBytes { hasher.update(bufferPointer: $0) }
            offset += Int64(piece.readableBytes)
            progress?(Int64(piece.readableBytes))
        }
        self.url = url
        size = offset
        sha256 = Digest(hasher.finalize())
        isExecutable = stamp.mode & 0o100 != 0
        guard try file.stamp() == stamp, stamp.size == offset else { throw changed }
    }

    /// Throws `integrity-failure` if the file is no longer the one that was hashed.
    public func checkUnchanged() throws {
        guard FileStamp(ofFileAt: url.path(percentEncoded: false)) == stamp else { throw changed }
    }

    /// The error for a file that somebody writes to while it is sent.
    var changed: RegistryError {
        RegistryError(
            .integrityFailure,
            "\(url.path(percentEncoded: false)) changed while it was being pushed; nothing was recorded. Wait until "
                + "it is written completely, then push again")
    }
}
