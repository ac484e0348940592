import AuditLog
import BlobStore
import Foundation
import RegistryTypes

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The file with the last checkpoint that was signed, beside the database and in no backup: a database that knows less
/// than it does is an older one.
struct LogHead: Sendable {
    let path: String

    /// The note; nil in a folder whose log was never signed. Throws `integrity-failure` for a file that is none.
    func read() throws -> SignedNote? {
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        guard let data = FileManager.default.contents(atPath: path) else {
            throw RegistryError(.dataFolderUnusable, "\(path) cannot be read")
        }
        return try SignedNote(data)
    }

    /// Replaces the note, durably: a new file, synced, renamed, its folder synced.
    func write(_ note: SignedNote) throws {
        let temporary = path + ".new"
        unlink(temporary)
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o640)
        guard descriptor >= 0 else { throw RegistryError.system("cannot make \(temporary)") }
        let file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        do {
            try file.write(contentsOf: Data(note.description.utf8))
            try file.synchronize()
        } catch {
            throw RegistryError(.internalError, "cannot write \(temporary): \(error.localizedDescription)")
        }
        guard rename(temporary, path) == 0 else { throw RegistryError.system("cannot rename to \(path)") }
        try FileBlobStore.syncFolder(URL(filePath: path).deletingLastPathComponent().path(percentEncoded: false))
    }
}
