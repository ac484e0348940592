import Foundation
import SystemPackage

/// The private folder of one run on the host: bubblewrap's status and the account files shown in the sandbox.
struct BubblewrapFolder: Sendable {
    let path: FilePath

    var statusFile: FilePath { path.appending("status.json") }
    var accountsFile: FilePath { path.appending("passwd") }
    var groupsFile: FilePath { path.appending("group") }

    /// Makes the folder, readable only for this user.
    static func create() throws(ExecutorError) -> BubblewrapFolder {
        let path = FilePath(NSTemporaryDirectory()).appending("assay-\(getpid())-run-\(UUID().uuidString)")
        do {
            guard mkdir(path.string, 0o700) == 0 else { throw Errno(rawValue: errno) }
            let folder = BubblewrapFolder(path: path)
            try Data("assay:x:1000:1000::/tmp:/usr/sbin/nologin\n".utf8).write(to: folder.accountsFile.fileURL)
            try Data("assay:x:1000:\n".utf8).write(to: folder.groupsFile.fileURL)
            return folder
        } catch {
            throw .sandboxFailed(
                executor: "bubblewrap", output: "The temporary folder \(path) cannot be made: \(error).")
        }
    }

    /// What bubblewrap has reported so far.
    func status() -> BubblewrapStatus {
        BubblewrapStatus(SmallFile.read(statusFile) ?? "")
    }

    /// Waits until the first process of the sandbox is dead, which the kernel makes the last one of its namespace.
    func waitUntilDead() async {
        let status = status()
        guard let process = status.firstProcess else { return }
        for _ in 0..<500 where ProcessTree.isAlive(process) {
            let namespace = ProcessTree.namespace(of: process)
            // Another namespace means that the number belongs to a new process, which is none of our business.
            if let namespace, namespace != status.namespace { return }
            if namespace != nil { _ = kill(process, SIGKILL) }
            try? await Task.sleep(for: .milliseconds(10))
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
