import RegistryTypes
package import SystemPackage

/// What git says about the folder a push is made from.
package struct GitWorkTree: Sendable, Equatable {
    /// The folder that was asked about.
    package let folder: FilePath
    /// The top of the work tree, an absolute path.
    package let topLevel: String
    /// The folder relative to the top, without slashes at its ends; empty for the top itself.
    package let subfolder: String
    /// The full name of HEAD, 40 or 64 lower-case hex digits.
    package let commit: String
    /// The remote's address without user names, passwords and tokens; nil when there is no usable remote.
    package let remoteURL: String?
    /// The branch HEAD is on; nil when HEAD is detached, as it usually is in CI.
    package let branch: String?
    /// Files below the sub-folder that differ from the commit (changed, staged, deleted, untracked and not ignored),
    /// relative to the top of the work tree, sorted by bytes.
    package let changedFiles: [String]

    /// Whether the files below the sub-folder differ from the commit.
    package var isDirty: Bool { !changedFiles.isEmpty }
}
