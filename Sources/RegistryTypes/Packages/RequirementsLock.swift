/// A lock file of Python packages: every line fixes a version and the SHA-256 of the files that may be installed for it.
///
/// The form is pip's (https://pip.pypa.io/en/stable/reference/requirements-file-format/) as far as `pip-compile
/// --generate-hashes` and `uv pip compile --generate-hashes` write it. What could fetch something else is refused.
package struct RequirementsLock: Sendable, Hashable {
    /// One package.
    package struct Requirement: Sendable, Hashable {
        /// The name in its normal form: lower case, with single hyphens (PyPA, "Names and normalization").
        package let name: String
        package let version: String
        /// The files that may be installed.
        package let hashes: Set<Digest>
        /// Whether an environment marker (`; python_version < "3.11"`) makes it depend on where it is installed.
        package let isConditional: Bool
    }

    package let requirements: [Requirement]

    /// Reads a lock file; throws `PackagesError` for the first line that does not fix what is installed.
    package init(_ text: String) throws(PackagesError) {
        var requirements: [Requirement] = []
        for line in Self.lines(text) {
            if let requirement = try Self.requirement(line) { requirements.append(requirement) }
        }
        self.requirements = requirements
    }

    /// Compares the wheels at hand with the lock.
    ///
    /// Throws `PackagesError` if one is not listed with its hash, or if one is missing that is needed everywhere.
    package func check(_ wheels: [Wheel]) throws(PackagesError) {
        for wheel in wheels {
            guard requirements.contains(where: { $0.name == wheel.name && $0.hashes.contains(wheel.digest) }) else {
                throw .notLocked(wheel.fileName)
            }
        }
        let there = Set(wheels.map(\.name))
        if let missing = requirements.first(where: { !$0.isConditional && !there.contains($0.name) }) {
            throw .missing("\(missing.name) \(missing.version)")
        }
    }

    // MARK: - Reading

    /// The lines that are more than comments, those that go on behind a backslash put together.
    private static func lines(_ text: String) -> [String] {
        var (lines, begun) = ([String](), "")
        for line in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
            guard let first = line.first(where: { !$0.isWhitespace }), first != "#" else { continue }
            let isContinued = line.last == "\\"
            begun += (isContinued ? line.dropLast() : line) + " "
            guard !isContinued else { continue }
            lines.append(begun)
            begun = ""
        }
        return begun.isEmpty ? lines : lines + [begun]
    }

    /// Options that say where packages come from: the hashes settle that. Options that name other files do not fix them.
    private static let sources = [
        "-i", "--index-url", "--extra-index-url", "--no-index", "-f", "--find-links", "--trusted-host", "--only-binary",
        "--no-binary", "--prefer-binary", "--pre", "--require-hashes",
    ]

    private static func requirement(_ line: String) throws(PackagesError) -> Requirement? {
        let words = line.split(whereSeparator: \.isWhitespace).prefix { !$0.hasPrefix("#") }
        guard let first = words.first else { return nil }
        if first.hasPrefix("-") {
            guard sources.contains(where: { first == $0 || first.hasPrefix($0 + "=") }) else {
                throw .notAcceptable(line)
            }
            return nil
        }
        let specification = words.prefix { !$0.hasPrefix("--") }.joined(separator: " ")
        let parts = specification.split(separator: ";", maxSplits: 1)
        let specified = (parts.first ?? "").split(separator: " ").joined()
        let pinned = specified.split(separator: "==", omittingEmptySubsequences: false)
        guard pinned.count == 2, let name = pinned[0].split(separator: "[").first.map(normal), isPlain(name),
            isPlain(pinned[1])
        else { throw .notAcceptable(line) }
        var hashes: Set<Digest> = []
        for word in words.drop(while: { !$0.hasPrefix("--") }) {
            guard let digest = try? Digest(word.dropFirst("--hash=".count)), word.hasPrefix("--hash=sha256:") else {
                throw .notAcceptable(line)
            }
            hashes.insert(digest)
        }
        guard !hashes.isEmpty else { throw .withoutHash("\(name)==\(pinned[1])") }
        return Requirement(name: name, version: String(pinned[1]), hashes: hashes, isConditional: parts.count > 1)
    }

    private static func isPlain(_ text: some StringProtocol) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy { byte in
                (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
                    || "-._+!".utf8.contains(byte)
            }
    }

    /// A package's name as indexes compare it.
    static func normal(_ name: some StringProtocol) -> String {
        name.lowercased().split(whereSeparator: { "-_.".contains($0) }).joined(separator: "-")
    }
}
