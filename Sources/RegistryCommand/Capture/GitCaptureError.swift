import Foundation

/// Why the source of a push could not be read from git; every message says what to do.
package enum GitCaptureError: Error, Equatable, Sendable {
    case gitMissing
    case notAWorkTree(folder: String)
    case bareRepository(folder: String)
    case insideGitFolder(folder: String)
    case noCommit(topLevel: String)
    case unsafeDirectory(command: String)
    case folderNotCommitted(subfolder: String, commit: String)
    case unknownObject(String)
    case damagedObject(String)
    case tooLarge(what: String, limit: Int)
    case fileExists(String)
    case cannotWrite(file: String, reason: String)
    case gitFailed(command: String, message: String)
}

extension GitCaptureError: CustomStringConvertible, LocalizedError {
    package var errorDescription: String? { description }

    package var description: String {
        switch self {
        case .gitMissing:
            "There is no git on PATH. Install git, or push without source (the version is then not reproducible)."
        case .notAWorkTree(let folder):
            """
            \(folder) is not inside a git work tree. Go to the folder of your project, or make it one: \
            `git init && git add -A && git commit -m "Start"`.
            """
        case .bareRepository(let folder):
            "\(folder) is a bare repository: it has no files to train from. Go to a clone made with `git clone`."
        case .insideGitFolder(let folder):
            "\(folder) is inside a .git folder. Go to the folder that holds your files."
        case .noCommit(let topLevel):
            "The repository \(topLevel) has no commit yet. Run `git add -A && git commit`, then push again."
        case .unsafeDirectory(let command):
            """
            git refuses this repository, because its folder belongs to another user (usual in containers). \
            If you trust it, run: \(command)
            """
        case .folderNotCommitted(let subfolder, let commit):
            "The folder \(subfolder) is not part of the commit \(commit.prefix(12)). Commit it, then push again."
        case .unknownObject(let id):
            "The repository lacks the object \(id). Run `git fsck`; in a partial clone run `git fetch --refetch`."
        case .damagedObject(let id):
            "The object \(id) of the repository is damaged. Run `git fsck` and clone again."
        case .tooLarge(let what, let limit):
            "\(what) is larger than \(limit) bytes. Use a smaller sub-folder, and push large files as datasets."
        case .fileExists(let file):
            "\(file) exists already. Remove it or choose another name."
        case .cannotWrite(let file, let reason):
            "Cannot write \(file): \(reason)."
        case .gitFailed(let command, let message):
            "`git \(command)` failed: \(message)"
        }
    }
}
