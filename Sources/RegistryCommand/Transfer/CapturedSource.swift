import Foundation
import RegistryClient
import RegistryTypes
import SystemPackage

/// The source of a push or run: what git says, written into files that are ready to be sent.
struct CapturedSource: Sendable {
    /// What a recipe or run records.
    let source: Recipe.Source
    /// The bundle that proves the commit.
    let bundle: LocalFile
    /// The changes that were not committed.
    let patch: LocalFile?
    /// What the commit only refers to, in sentences.
    let incomplete: [String]

    /// The files to send.
    var files: [LocalFile] { [bundle] + [patch].compactMap { $0 } }

    /// Captures the source of a folder.
    ///
    /// - Parameters:
    ///   - folder: the project's folder inside a git work tree.
    ///   - commit: what HEAD must be, if the caller knows it.
    ///   - allowsDirty: whether changes that were not committed are stored as a patch instead of being refused.
    ///   - scratch: where the files are written.
    /// - Throws: `dirty-source`, `invalid-commit`, `conflict`, or the capture's own errors.
    init(folder: String, commit: String?, allowsDirty: Bool, scratch: TemporaryFolder) async throws {
        let absolute = URL(filePath: folder, directoryHint: .isDirectory).standardizedFileURL
        var path = absolute.path(percentEncoded: false)
        while path.count > 1, path.hasSuffix("/") { path.removeLast() }
        let capture = try await GitCapture(folder: FilePath(path))
        let tree = capture.workTree
        let head = try GitCommit(tree.commit)
        if let commit { try Self.check(commit, isHead: head) }
        if tree.isDirty, !allowsDirty { throw Self.dirty(tree) }
        let bundle = try await capture.writeBundle(to: scratch.path.appending("source.bundle"))
        let patch = tree.isDirty ? try await capture.writePatch(to: scratch.path.appending("source.patch")) : nil
        self.bundle = try LocalFile(hashing: URL(filePath: bundle.path.string))
        self.patch = try patch.map { try LocalFile(hashing: URL(filePath: $0.path.string)) }
        source = Recipe.Source(
            url: tree.remoteURL, commit: head, subfolder: tree.subfolder, bundle: self.bundle.sha256,
            patch: self.patch?.sha256)
        incomplete = try SourceProof.verify(
            bundleAt: self.bundle.url, commit: GitObjectID(hex: head.hex),
            subfolder: SourceSubfolder(tree.subfolder)
        ).incomplete
    }

    private static func check(_ commit: String, isHead head: GitCommit) throws {
        let given = try GitCommit(commit)
        guard given == head else {
            throw RegistryError(
                .conflict,
                "--commit \(given) is not what is checked out, which is \(head); check that commit out, then push")
        }
    }

    private static func dirty(_ tree: GitWorkTree) -> RegistryError {
        let shown = tree.changedFiles.prefix(10).map { "  \($0)" }.joined(separator: "\n")
        let rest = tree.changedFiles.count > 10 ? "\n  … and \(tree.changedFiles.count - 10) more" : ""
        return RegistryError(
            .dirtySource,
            """
            the work tree differs from the commit \(tree.commit.prefix(12)):
            \(shown)\(rest)
            Commit these files (outputs belong into .gitignore), or say --allow-dirty: the changes are then stored as \
            a patch, and every verdict carries the flag dirty-source
            """)
    }
}
