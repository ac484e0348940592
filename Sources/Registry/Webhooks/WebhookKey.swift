import BlobStore
import Foundation
import RegistryTypes

import struct Crypto.SymmetricKey

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The file with the key that the secrets of all webhooks are made of, for the server's user alone; it is in no database
/// and no backup.
struct WebhookKey: Sendable {
    let path: String

    /// A key and what names it.
    struct Key: Sendable {
        let key: SymmetricKey
        /// The SHA-256 of a text with the key in it.
        let id: Digest

        init(_ bytes: Data) {
            key = SymmetricKey(data: bytes)
            id = Digest.of(Data("assay webhook key ".utf8) + bytes)
        }
    }

    /// The key; nil if there is none yet. Throws `data-folder-unusable` for a file that holds none.
    func read() throws -> Key? {
        guard access(path, F_OK) == 0 else { return nil }
        guard let bytes = FileManager.default.contents(atPath: path), bytes.count == 32 else {
            throw RegistryError(
                .dataFolderUnusable,
                "\(path) does not hold the key of the webhooks; remove it, and rotate their secrets")
        }
        return Key(bytes)
    }

    /// The key, made if there is none: a new file, synced, linked to its name, its folder synced.
    func findOrMake() throws -> Key {
        if let key = try read() { return key }
        let bytes = SymmetricKey(size: .bits256).withUnsafeBytes { Data($0) }
        let temporary = "\(path).\(UInt64.random(in: 0...UInt64.max))"
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw RegistryError.system("cannot make \(temporary)") }
        defer { unlink(temporary) }
        let file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        do {
            try file.write(contentsOf: bytes)
            try file.synchronize()
        } catch {
            throw RegistryError(.dataFolderUnusable, "cannot write \(temporary): \(error.localizedDescription)")
        }
        // Whoever comes second takes the first one's.
        guard link(temporary, path) == 0 || errno == EEXIST else { throw RegistryError.system("cannot make \(path)") }
        try FileBlobStore.syncFolder(URL(filePath: path).deletingLastPathComponent().path(percentEncoded: false))
        guard let key = try read() else { throw RegistryError.system("cannot read \(path)") }
        return key
    }
}
