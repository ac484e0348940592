import Foundation
import RegistryTypes
import SystemPackage

/// A new file that is written in large pieces and hashed on the way.
struct CaptureFile {
    private static let bufferBytes = 256 << 10

    private let path: FilePath
    private let descriptor: FileDescriptor
    private let limit: Int
    private var hasher = GitObjectHasher(.sha256)
    private var pending: [UInt8] = []
    private(set) var size = 0

    /// Creates the file (mode 0600); it must not exist.
    init(creating path: FilePath, limit: Int) throws {
        do {
            descriptor = try .open(
                path, .writeOnly, options: [.create, .exclusiveCreate, .closeOnExec], permissions: .ownerReadWrite)
        } catch let error as Errno {
            throw error == .fileExists
                ? GitCaptureError.fileExists(path.string)
                : GitCaptureError.cannotWrite(file: path.string, reason: error.description)
        }
        self.path = path
        self.limit = limit
        pending.reserveCapacity(Self.bufferBytes)
    }

    /// Adds bytes.
    ///
    /// - Throws: ``GitCaptureError/tooLarge(what:limit:)`` or ``GitCaptureError/cannotWrite(file:reason:)``.
    mutating func append(_ bytes: UnsafeRawBufferPointer) throws {
        size += bytes.count
        guard size <= limit else { throw GitCaptureError.tooLarge(what: "The source", limit: limit) }
        hasher.update(bytes)
        if pending.count + bytes.count > Self.bufferBytes { try flush() }
        if bytes.count > Self.bufferBytes / 2 { try write(bytes) } else { pending.append(contentsOf: bytes) }
    }

    /// Writes what is left, closes the file and returns its SHA-256 in hex.
    mutating func finish() throws -> String {
        try flush()
        try? descriptor.close()
        return hasher.finish().hex
    }

    /// Closes and removes the file after an error.
    func discard() {
        try? descriptor.close()
        try? FileManager.default.removeItem(atPath: path.string)
    }

    private mutating func flush() throws {
        try pending.withUnsafeBytes { try write($0) }
        pending.removeAll(keepingCapacity: true)
    }

    private func write(_ bytes: UnsafeRawBufferPointer) throws {
        do {
            try descriptor.writeAll(bytes)
        } catch let error as Errno {
            throw GitCaptureError.cannotWrite(file: path.string, reason: error.description)
        }
    }
}
