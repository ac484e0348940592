/// The parts of a source that are only references to content kept elsewhere, in words for a user.
package struct SourcePlaceholders: Sendable {
    private static let maxSentences = 100

    private var listed: [String] = []
    private var count = 0

    /// Nothing is missing yet.
    package init() {}

    /// One sentence for each missing part, and one that counts those beyond the first hundred.
    package var sentences: [String] {
        count > listed.count ? listed + ["\(count - listed.count) more files are missing in the same way."] : listed
    }

    /// Notes a path that is another repository.
    package mutating func addSubmodule(path: String, commit: GitObjectID? = nil) {
        let version = commit.map { " (commit \($0.hex.prefix(12)))" } ?? ""
        add(
            """
            \(path) is a git submodule\(version): its files are in another repository. \
            Copy them into this repository, or install them as a package of the environment.
            """)
    }

    /// Notes a path if its content is a stand-in for the real file.
    package mutating func addIfPlaceholder(path: String, content: UnsafeRawBufferPointer) {
        if content.count < 1024, content.starts(with: "version https://git-lfs.github.com/spec/v1".utf8) {
            add(
                """
                \(path) is a Git LFS pointer: the commit holds a reference, not the file. \
                Push the file as a dataset and name it as an input, or store it in git itself.
                """)
        } else if content.starts(with: "\0GITCRYPT\0".utf8) {
            add("\(path) is encrypted by git-crypt: the commit does not hold readable content. Store it in clear.")
        } else if path == ".gitattributes" || path.hasSuffix("/.gitattributes"), content.count < 1 << 20 {
            for filter in Self.filters(in: String(decoding: content, as: UTF8.self)) {
                add(
                    """
                    \(path) sends files through the filter \(filter): what the commit holds is not what was checked out. \
                    Commit the files without a filter.
                    """)
            }
        }
    }

    /// The filters that a file of attributes names (gitattributes, section filter), but for Git LFS, whose pointers are
    /// noted themselves.
    private static func filters(in attributes: String) -> [String] {
        let words = attributes.split(whereSeparator: \.isNewline).filter { !$0.hasPrefix("#") }
            .flatMap { $0.split(whereSeparator: \.isWhitespace).dropFirst() }
        let names = words.filter { $0.hasPrefix("filter=") }.map { String($0.dropFirst("filter=".count).prefix(80)) }
        return Set(names).subtracting(["lfs"]).sorted()
    }

    private mutating func add(_ sentence: String) {
        count += 1
        if listed.count < Self.maxSentences { listed.append(sentence) }
    }
}
