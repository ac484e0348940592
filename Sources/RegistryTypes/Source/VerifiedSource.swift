/// A source bundle that was proven to hold the complete tree of a commit; only ``SourceProof`` makes one.
package struct VerifiedSource: Sendable, Equatable {
    /// The commit the bundle proves.
    package let commit: GitObjectID
    /// When the commit was made, in seconds since 1970 (UTC).
    package let commitTime: Int64
    /// The first line of the commit message.
    package let subject: String
    /// The folder of the repository the entries lie in.
    package let subfolder: SourceSubfolder
    /// The files in tree order; a folder's files follow each other.
    package let entries: [SourceEntry]
    /// The sum of the sizes of all entries, in bytes.
    package let totalBytes: Int
    /// The size of the bundle the ranges of ``entries`` point into, in bytes.
    package let bundleBytes: Int
    /// What the commit only refers to (Git LFS files, submodules), one sentence each; empty when all is there.
    ///
    /// At most 100 sentences and one that counts the rest. Not empty means `not-verifiable: source-incomplete`.
    package let incomplete: [String]

    init(
        commit: GitObjectID, object: GitCommitObject, subfolder: SourceSubfolder, walk: SourceWalk, bundleBytes: Int
    ) {
        self.commit = commit
        commitTime = object.committerTime
        subject = object.subject
        self.subfolder = subfolder
        entries = walk.entries
        totalBytes = walk.totalBytes
        self.bundleBytes = bundleBytes
        incomplete = walk.placeholders.sentences
    }
}
