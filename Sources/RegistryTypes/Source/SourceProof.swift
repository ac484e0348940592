package import Foundation

/// Proves that a source bundle holds the tree of a commit, completely and nothing else.
///
/// Every object is hashed from its bytes; the chain goes from the commit over the root tree and the folders on the way
/// to the sub-folder down to every file below it. Nothing outside the bundle is asked: no git, no network.
package enum SourceProof {
    /// Verifies a bundle in memory (or mapped into it).
    ///
    /// - Parameters:
    ///   - bundle: the whole bundle; see ``SourceBundleReader`` for its form.
    ///   - commit: the commit claimed.
    ///   - subfolder: the folder claimed.
    ///   - limits: bounds on the bundle and on the tree it unfolds to.
    /// - Returns: the files with their place in the bundle.
    /// - Throws: ``SourceProofError``.
    package static func verify(
        _ bundle: UnsafeRawBufferPointer, commit: GitObjectID, subfolder: SourceSubfolder = .root,
        limits: SourceLimits = .standard
    ) throws -> VerifiedSource {
        let reader = try SourceBundleReader(indexing: bundle, algorithm: commit.algorithm, limits: limits)
        guard let first = reader.objects.first, first.id == commit, first.type == .commit else {
            throw SourceProofError.wrongCommit(expected: commit, found: reader.objects.first?.id)
        }
        var walk = SourceWalk(bytes: bundle, reader: reader, limits: limits)
        let object = try walk.enter(commit: commit, subfolder: subfolder)
        try walk.unfold()
        try walk.checkOrderAndRest()
        return VerifiedSource(
            commit: commit, object: object, subfolder: subfolder, walk: walk, bundleBytes: bundle.count)
    }

    /// Verifies a bundle held as data; mapped data is not copied.
    ///
    /// - Throws: ``SourceProofError``.
    package static func verify(
        _ bundle: Data, commit: GitObjectID, subfolder: SourceSubfolder = .root, limits: SourceLimits = .standard
    ) throws -> VerifiedSource {
        try bundle.withUnsafeBytes { bytes in
            try verify(bytes, commit: commit, subfolder: subfolder, limits: limits)
        }
    }

    /// Maps a bundle file and verifies it; the file must not be changed meanwhile.
    ///
    /// - Throws: ``SourceProofError``, or Foundation's error when the file cannot be read.
    package static func verify(
        bundleAt file: URL, commit: GitObjectID, subfolder: SourceSubfolder = .root, limits: SourceLimits = .standard
    ) throws -> VerifiedSource {
        let mapped = try Data(contentsOf: file, options: .alwaysMapped)
        return try verify(mapped, commit: commit, subfolder: subfolder, limits: limits)
    }
}
