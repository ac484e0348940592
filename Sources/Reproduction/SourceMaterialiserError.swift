import Foundation

/// Why a source could not be written to disk; every message says what is wrong and what to do.
package enum SourceMaterialiserError: Error, Equatable, Sendable {
    /// The target folder does not exist, is a link, or already holds something.
    case folderNotEmpty(String)
    /// The bundle file is not the one that was verified.
    case bundleChanged(expectedBytes: Int, foundBytes: Int)
    /// A system call on one path failed.
    case cannotWrite(path: String, operation: String, code: Int32)
    /// There is no `git` to apply the patch with.
    case gitMissing
    /// The patch names a path that is not inside the source.
    case unsafePatch(path: String, problem: String)
    /// git refused the patch.
    case patchRefused(String)
}

extension SourceMaterialiserError: CustomStringConvertible, LocalizedError {
    package var errorDescription: String? { description }

    package var description: String {
        switch self {
        case .folderNotEmpty(let folder):
            "\(folder) is not an empty folder. Give an existing, empty folder; it must not be a symbolic link."
        case .bundleChanged(let expected, let found):
            "The source bundle has \(found) bytes, but \(expected) were verified. Verify it again before writing."
        case .cannotWrite(let path, let operation, let code):
            "\(operation) failed for \(path): \(String(cString: strerror(code))). Check space and rights of the folder."
        case .gitMissing:
            "This source has uncommitted changes, which need git, but there is no git on PATH. Install git."
        case .unsafePatch(let path, let problem):
            "The stored changes are refused: \(path.debugDescription) is \(problem). Commit the changes and push again."
        case .patchRefused(let reason):
            "git could not apply the stored changes: \(reason). Commit the changes and push again."
        }
    }
}
