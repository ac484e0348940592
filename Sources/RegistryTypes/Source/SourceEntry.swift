/// One file of a proven source and where its bytes lie in the bundle.
package struct SourceEntry: Sendable, Equatable {
    /// What the entry becomes on disk.
    package enum Kind: String, Sendable {
        /// A regular file, mode 0644.
        case file
        /// A regular file, mode 0755.
        case executable
        /// A symbolic link whose target is the content, as it is.
        case symlink
    }

    /// The path below the sub-folder, with `/` between names.
    package let path: String
    /// What it becomes on disk.
    package let kind: Kind
    /// The blob.
    package let id: GitObjectID
    /// The content in the bundle.
    package let range: Range<Int>
}
