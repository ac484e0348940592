package import Foundation
package import RegistryTypes

extension SourceMaterialiser {
    /// Applies a patch as `git diff --binary --full-index --relative` writes it, to a source just written.
    ///
    /// git runs without hooks, without user and system configuration and in an empty repository of its own, so that
    /// neither a repository around the folder nor attributes inside it change the result. Every path is checked before
    /// git may write, because old versions of git follow links a patch creates (CVE-2023-23946).
    ///
    /// - Parameters:
    ///   - patch: the patch file; an empty one changes nothing.
    ///   - source: what the folder was written from.
    ///   - folder: the folder ``write(_:bundle:into:)`` filled.
    /// - Returns: what the patch leaves missing (Git LFS pointers, submodules), one sentence each.
    /// - Throws: ``SourceMaterialiserError``.
    package func applyPatch(at patch: URL, to source: VerifiedSource, in folder: URL) async throws -> [String] {
        let mapped = try Data(contentsOf: patch, options: .alwaysMapped)
        guard !mapped.isEmpty else { return [] }
        let git = try await IsolatedGit(workTree: folder, algorithm: source.commit.algorithm)
        defer { git.remove() }
        let file = patch.path(percentEncoded: false)
        let listing = try await git.run(["apply", "--numstat", "-z", "--", file])
        let paths = try SourcePatchPaths(numstat: listing)
        try paths.checkLinks(source: source, patch: mapped)
        _ = try await git.run(["apply", "--whitespace=nowarn", "--", file])
        return try finish(paths, time: source.commitTime, in: folder)
    }

    /// Gives what git wrote the modes and times of ``write(_:bundle:into:)`` and looks for stand-ins.
    private func finish(_ paths: SourcePatchPaths, time: Int64, in folder: URL) throws -> [String] {
        var placeholders = SourcePlaceholders()
        for path in paths.foldersAndFiles {
            let full = folder.path(percentEncoded: false) + "/" + path
            var status = stat()
            guard lstat(full, &status) == 0 else { continue }
            switch status.st_mode & S_IFMT {
            case S_IFDIR:
                chmod(full, 0o755)
                if paths.isSubmodule(folder: path) { placeholders.addSubmodule(path: path) }
            case S_IFREG:
                chmod(full, status.st_mode & 0o100 == 0 ? 0o644 : 0o755)
                let moment = timespec(tv_sec: Int(time), tv_nsec: 0)
                utimensat(AT_FDCWD, full, [moment, moment], AT_SYMLINK_NOFOLLOW)
                if status.st_size < 1024 {
                    let content = try Data(contentsOf: URL(filePath: full))
                    content.withUnsafeBytes { placeholders.addIfPlaceholder(path: path, content: $0) }
                }
            default: continue
            }
        }
        return placeholders.sentences
    }
}
