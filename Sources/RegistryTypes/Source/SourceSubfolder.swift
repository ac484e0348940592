/// The folder of a repository a recipe uses, relative to the top of the work tree; empty means the whole tree.
package struct SourceSubfolder: Sendable, Hashable, CustomStringConvertible {
    /// The names from the top down.
    package let components: [String]

    /// The whole repository.
    package static let root = SourceSubfolder()

    private init() { components = [] }

    /// Reads `training/digits`; a single trailing slash, as `git rev-parse --show-prefix` prints, is allowed.
    ///
    /// - Throws: ``SourceProofError/invalidSubfolder(_:)`` for absolute paths, `..`, empty components and the like.
    package init(_ path: String) throws {
        var parts = path.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        if parts.last?.isEmpty == true { parts.removeLast() }
        guard parts.allSatisfy({ GitTreeEntry.problem(withName: $0) == nil }) else {
            throw SourceProofError.invalidSubfolder(path)
        }
        components = parts.map { String(decoding: $0, as: UTF8.self) }
    }

    /// The components joined by `/`, without a leading or trailing slash.
    package var description: String { components.joined(separator: "/") }
}
