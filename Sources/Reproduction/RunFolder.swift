import Foundation
import SystemPackage

/// The private folder of one run on the host: what the sandbox program reports, and the account files shown in the sandbox.
struct RunFolder: Sendable {
    let path: FilePath

    /// Where bubblewrap reports.
    var statusFile: FilePath { path.appending("status.json") }
    var accountsFile: FilePath { path.appending("passwd") }
    var groupsFile: FilePath { path.appending("group") }

    /// Makes the folder, readable only for this user.
    static func create(for executor: String) throws(ExecutorError) -> RunFolder {
        let path = FilePath(NSTemporaryDirectory()).appending("assay-\(getpid())-run-\(UUID().uuidString)")
        do {
            guard mkdir(path.string, 0o700) == 0 else { throw Errno(rawValue: errno) }
            let folder = RunFolder(path: path)
            try Data("assay:x:1000:1000::/tmp:/usr/sbin/nologin\n".utf8).write(to: folder.accountsFile.fileURL)
            try Data("assay:x:1000:\n".utf8).write(to: folder.groupsFile.fileURL)
            return folder
        } catch {
            throw .sandboxFailed(
                executor: executor, output: "The temporary folder \(path) cannot be made: \(error).")
        }
    }

    /// Removes the folder.
    func remove() {
        try? FileManager.default.removeItem(at: path.fileURL)
    }
}

extension FilePath {
    /// The same path for Foundation.
    var fileURL: URL { URL(filePath: string) }
}
