import Foundation
package import SystemPackage

/// Reads the source of a push from a git work tree, with the user's own `git` and without changing the repository.
package struct GitCapture: Sendable {
    /// What git says about the folder.
    package let workTree: GitWorkTree

    let git: GitCommandLine

    /// Looks at a folder inside a work tree. A shallow clone is enough; history is never read.
    ///
    /// - Parameters:
    ///   - folder: a folder inside a work tree.
    ///   - variables: environment variables git gets besides the inherited ones.
    /// - Throws: ``GitCaptureError``.
    package init(folder: FilePath, variables: [String: String] = [:]) async throws {
        let git = try await GitCommandLine(folder: folder, variables: variables)
        self.git = git
        workTree = try await Self.inspect(folder, with: git)
    }

    private static func inspect(_ folder: FilePath, with git: GitCommandLine) async throws -> GitWorkTree {
        let place = try await git.output(["rev-parse", "--is-inside-work-tree", "--is-bare-repository"])
        let answers = String(decoding: place, as: UTF8.self).split(separator: "\n")
        guard answers.first == "true" else {
            throw answers.last == "true"
                ? GitCaptureError.bareRepository(folder: folder.string)
                : GitCaptureError.insideGitFolder(folder: folder.string)
        }
        let topLevel = try await git.line(["rev-parse", "--show-toplevel"]) ?? folder.string
        guard let commit = try await git.line(["rev-parse", "--verify", "--quiet", "HEAD^{commit}"]) else {
            throw GitCaptureError.noCommit(topLevel: topLevel)
        }
        let prefix = try await git.line(["rev-parse", "--show-prefix"]) ?? ""
        return GitWorkTree(
            folder: folder,
            topLevel: topLevel,
            subfolder: prefix.hasSuffix("/") ? String(prefix.dropLast()) : prefix,
            commit: commit,
            remoteURL: try await remoteURL(with: git),
            branch: try await git.line(["symbolic-ref", "--quiet", "--short", "HEAD"]),
            changedFiles: try await changedFiles(with: git)
        )
    }

    /// The address of `origin`, or of the only remote there is.
    private static func remoteURL(with git: GitCommandLine) async throws -> String? {
        let names = (try await git.line(["remote"]) ?? "").split(separator: "\n")
        guard let name = names.contains("origin") ? "origin" : names.count == 1 ? names.first : nil else { return nil }
        // The configured address, not `git remote get-url`: that one applies rewrites, which often carry tokens.
        return try await git.line(["config", "--get", "remote.\(name).url"]).flatMap(RemoteAddress.withoutCredentials)
    }

    /// Lists what differs below the folder, in the index or on disk.
    private static func changedFiles(with git: GitCommandLine) async throws -> [String] {
        let arguments = [
            "status", "--porcelain=v2", "-z", "--untracked-files=all", "--no-renames", "--ignore-submodules=none",
            "--", ".",
        ]
        let status = try await git.output(arguments, limit: 64 << 20)
        return try await GitStatusRecords.paths(in: status) + hiddenFiles(with: git)
    }

    /// Lists files at whose changes git was told not to look: whether they are as committed is not known.
    private static func hiddenFiles(with git: GitCommandLine) async throws -> [String] {
        let top = FilePath(try await git.line(["rev-parse", "--show-toplevel"]) ?? "")
        let listing = try await git.output(["ls-files", "-v", "-z", "--full-name", "--", "."], limit: 256 << 20)
        return listing.split(separator: 0).compactMap { record in
            guard record.count > 2, let tag = record.first.map({ Character(Unicode.Scalar($0)) }) else { return nil }
            let path = String(decoding: record.dropFirst(2), as: UTF8.self)
            // Lower case is assume-unchanged, S is skip-worktree, with which sparse checkouts leave files out.
            guard tag.isLowercase || tag == "S", FileManager.default.fileExists(atPath: top.appending(path).string)
            else { return nil }
            return "\(path) (marked assume-unchanged or skip-worktree; take the mark away with git update-index)"
        }
    }
}
