import Foundation

/// What a bundle needs to know of a commit object: its tree, its times and its subject.
///
/// Source: git's `commit.c`; header lines up to an empty line, then the message.
package struct GitCommitObject: Sendable, Equatable {
    /// The root tree of the commit.
    package let tree: GitObjectID
    /// When the change was written, in seconds since 1970 (UTC).
    package let authorTime: Int64
    /// When the commit was made, in seconds since 1970 (UTC).
    package let committerTime: Int64
    /// The first line of the message, without control characters, at most 500 characters.
    package let subject: String

    /// Parses the content of a commit object (without the `commit <size>` header).
    ///
    /// - Throws: ``SourceProofError/malformedObject(id:problem:)``.
    package init(content: UnsafeRawBufferPointer, id: GitObjectID) throws {
        let newline = UInt8(ascii: "\n")
        var rest = content[...]
        var fields: [String: Substring] = [:]
        while let end = rest.firstIndex(of: newline), end != rest.startIndex {
            let line = String(decoding: rest[..<end], as: UTF8.self)
            rest = rest[(end + 1)...]
            guard let space = line.firstIndex(of: " "), space != line.startIndex else { continue }
            let key = String(line[..<space])
            if fields[key] == nil { fields[key] = line[line.index(after: space)...] }
        }
        guard let treeName = fields["tree"], let tree = try? GitObjectID(hex: String(treeName)),
            tree.algorithm == id.algorithm
        else { throw SourceProofError.malformedObject(id: id, problem: "the commit names no tree") }
        self.tree = tree
        authorTime = try Self.time(fields["author"], of: id)
        committerTime = try Self.time(fields["committer"], of: id)
        let message = rest.drop { $0 == newline }
        subject = Self.subject(message.prefix { $0 != newline })
    }

    /// Reads the seconds out of `Name <address> 1700000000 +0100`.
    private static func time(_ signature: Substring?, of id: GitObjectID) throws -> Int64 {
        let words = signature.map { $0[($0.lastIndex(of: ">") ?? $0.startIndex)...].split(separator: " ") } ?? []
        // Year 9999 is the last one the rest of the registry can write.
        guard words.count == 3, let seconds = Int64(words[1]), (0...253_402_300_799).contains(seconds) else {
            throw SourceProofError.malformedObject(id: id, problem: "the commit has no readable date")
        }
        return seconds
    }

    private static func subject(_ line: Slice<UnsafeRawBufferPointer>) -> String {
        let text = String(decoding: line.prefix(2000), as: UTF8.self)
        let printable = text.unicodeScalars.filter { $0.properties.generalCategory != .control }
        return String(String(String.UnicodeScalarView(printable)).prefix(500))
    }
}
