import Foundation

/// Lists of hostile texts, one a line, below `Tests/Fixtures/attacks`.
enum AttackCorpus {
    /// Ways out of a folder in many encodings, which a path parameter must never be taken for.
    static let pathEncodings = file("path-encodings.txt")
    /// Texts that would be more than text in a page.
    static let htmlPayloads = file("html-payloads.txt")

    /// The lines of a list.
    static func lines(_ file: String) throws -> [String] {
        try String(contentsOfFile: file, encoding: .utf8).split(separator: "\n").map(String.init)
    }

    private static func file(_ name: String) -> String {
        let root = #filePath.prefix(upTo: #filePath.firstRange(of: "/Tests/")?.lowerBound ?? #filePath.endIndex)
        return "\(root)/Tests/Fixtures/attacks/\(name)"
    }
}
