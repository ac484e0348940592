import Foundation
import RegistryTypes

/// The file that receives the first administrator's token; the secret itself is never printed.
struct AdminToken {
    /// Where the file is.
    let path: String

    /// The file in a data folder.
    init(dataFolder: String) { path = dataFolder + "/admin-token" }

    /// Writes the token for its owner alone, durably.
    func write(_ token: APIToken) throws {
        unlink(path)
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw failure }
        let file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        do {
            try file.write(contentsOf: Data((token.revealed + "\n").utf8))
            try file.synchronize()
            let folder = open(URL(filePath: path).deletingLastPathComponent().path(percentEncoded: false), O_RDONLY)
            guard folder >= 0 else { throw failure }
            defer { close(folder) }
            guard fsync(folder) == 0 else { throw failure }
        } catch {
            throw failure
        }
    }

    private var failure: RegistryError {
        RegistryError(
            .dataFolderUnusable, "the first administrator's token cannot be written to \(path); nothing was set up")
    }
}
