/// One line of a git tree: a name, what it is, and the object that holds it.
package struct GitTreeEntry: Sendable, Equatable {
    /// What an entry is; the raw values are git's canonical modes.
    package enum Kind: UInt32, Sendable {
        case tree = 0o040000
        case file = 0o100644
        case executable = 0o100755
        case symlink = 0o120000
        case submodule = 0o160000
    }

    /// What the entry is.
    package let kind: Kind
    /// The name inside its tree; never empty, `.`, `..` or `.git`, and without `/`.
    package let name: String
    /// The object (for a submodule: a commit of another repository).
    package let id: GitObjectID
}
