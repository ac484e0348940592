import BlobStore
import Foundation
import RegistryTypes

/// The folder with the server's private keys, one file each, for the server's user alone.
///
/// The database says which key signs. A file that it does not name is one that was never used.
struct SigningKeyFolder: Sendable {
    /// Where the folder is.
    let path: String

    /// The folder in a data folder; nothing is made yet.
    init(dataFolder: String, name: String = "keys") { path = "\(dataFolder)/\(name)" }

    /// Whether the key is there.
    func contains(_ id: Digest) -> Bool { access(file(of: id), F_OK) == 0 }

    /// Reads a key, or throws `integrity-failure` if its file is gone or holds another one.
    func read(_ id: Digest) throws -> SigningKey {
        guard let text = try? String(contentsOfFile: file(of: id), encoding: .utf8), let key = SigningKey(pem: text),
            try key.publicKey.id == id
        else {
            throw RegistryError(
                .integrityFailure, "\(file(of: id)) does not hold the signing key; remove it, and a new one is made")
        }
        return key
    }

    /// Keeps a key durably: file, then folder.
    func write(_ key: SigningKey) throws {
        mkdir(path, 0o700)
        let file = file(of: try key.publicKey.id)
        let descriptor = open(file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw failure }
        let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        do {
            try handle.write(contentsOf: Data(key.revealed.utf8))
            try handle.synchronize()
            for folder in [path, URL(filePath: path).deletingLastPathComponent().path(percentEncoded: false)] {
                try FileBlobStore.syncFolder(folder)
            }
        } catch {
            unlink(file)
            throw failure
        }
    }

    /// Removes a key that signs nothing any more.
    func remove(_ id: Digest) { unlink(file(of: id)) }

    private func file(of id: Digest) -> String { "\(path)/\(id.hex).pem" }

    private var failure: RegistryError {
        RegistryError(
            .dataFolderUnusable, "no signing key can be written to \(path); look at its rights and at the disk")
    }
}
