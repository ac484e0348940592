import Foundation
import RegistryTypes

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A small file that says up to where all bytes of the store are known to have reached the disk.
///
/// Places in the audit log, not times: a clock that was set back must not hide what was written after it.
struct GoodMark: Sendable {
    /// What the file holds.
    struct Content: Codable, Equatable, Sendable {
        /// The last audit entry of the good part.
        var auditSequence: Int64
        /// When it was written, in UTC milliseconds; for people.
        var time: Int64
        /// Blobs that were found to hold other bytes.
        var doubted: [Digest]
    }

    let path: String

    /// The mark; nil in a folder that never had one.
    func read() throws -> Content? {
        guard let data = FileManager.default.contents(atPath: path) else { return nil }
        do {
            return try JSONDecoder().decode(Content.self, from: data)
        } catch {
            throw RegistryError(
                .dataFolderUnusable,
                "\(path) cannot be understood; remove it, and check all bytes against their digests")
        }
    }

    /// Replaces the mark, durably: a new file, synced, renamed, its folder synced.
    func write(_ content: Content) throws {
        let temporary = path + ".new"
        unlink(temporary)
        let document = Data(try StrictJSON.encode(content))
        do {
            try document.write(to: URL(filePath: temporary))
        } catch {
            throw RegistryError(
                .dataFolderUnusable,
                "cannot write \(temporary), so that the next start reads more back than it must: "
                    + error.localizedDescription)
        }
        try Self.sync(temporary)
        guard rename(temporary, path) == 0 else { throw Self.failure("cannot rename to \(path)") }
        try Self.sync(String(path.prefix(upTo: path.lastIndex(of: "/") ?? path.startIndex)))
    }

    private static func sync(_ path: String) throws {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure("cannot open \(path)") }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw failure("cannot sync \(path)") }
    }

    private static func failure(_ what: String) -> RegistryError {
        RegistryError(.dataFolderUnusable, "\(what): \(String(cString: strerror(errno)))")
    }
}
