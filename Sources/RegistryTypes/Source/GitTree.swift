/// The parsed content of a git tree object.
///
/// Source: git's `tree-walk.c` and `fsck.c`; entries are `<octal mode> <name>\0<raw id>`, sorted by name bytes with
/// folders compared as if their name ended in `/`.
package struct GitTree: Sendable, Equatable {
    /// The entries in the order of the tree.
    package let entries: [GitTreeEntry]

    /// Parses and checks a tree.
    ///
    /// - Parameters:
    ///   - content: the object without its `tree <size>` header.
    ///   - id: its name, which says the hash function too.
    ///   - path: where it lies in the repository, for the error message.
    /// - Throws: ``SourceProofError/malformedObject(id:problem:)`` or ``SourceProofError/hostileTree(path:problem:)``.
    package init(content: UnsafeRawBufferPointer, id: GitObjectID, path: String) throws {
        var entries: [GitTreeEntry] = []
        var names: Set<[UInt8]> = []
        var previous: [UInt8] = []
        var position = 0
        while position < content.count {
            let raw = try GitTreeRecord(content: content, at: position, id: id)
            position = raw.end
            if let problem = GitTreeEntry.problem(withName: raw.name) {
                throw SourceProofError.hostileTree(path: path, problem: "it holds \(problem)")
            }
            guard let name = String(validating: raw.name, as: UTF8.self) else {
                throw SourceProofError.nameNotUTF8(folder: path)
            }
            guard let kind = Self.kind(ofMode: raw.mode) else {
                let mode = String(raw.mode, radix: 8)
                throw SourceProofError.hostileTree(path: path, problem: "\(name) has the unknown mode \(mode)")
            }
            guard names.insert(raw.name).inserted else {
                throw SourceProofError.hostileTree(path: path, problem: "it holds the name \(name) twice")
            }
            let key = kind == .tree ? raw.name + [UInt8(ascii: "/")] : raw.name
            guard previous.lexicographicallyPrecedes(key) else {
                throw SourceProofError.hostileTree(path: path, problem: "its entries are not sorted (at \(name))")
            }
            previous = key
            entries.append(GitTreeEntry(kind: kind, name: name, id: raw.id))
        }
        self.entries = entries
    }

    /// Git itself reads the group-writable mode of very old commits as a plain file.
    private static func kind(ofMode mode: UInt32) -> GitTreeEntry.Kind? {
        mode == 0o100664 ? .file : GitTreeEntry.Kind(rawValue: mode)
    }
}
