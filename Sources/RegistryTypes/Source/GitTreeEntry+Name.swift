extension GitTreeEntry {
    /// The longest file name Linux can create, in bytes.
    static let maxNameBytes = 255

    /// Says why a name must not become a file on disk, or nil when it is harmless.
    ///
    /// The same rules as git's `verify_path`, with the spellings of `.git` that Windows file systems accept.
    package static func problem(withName name: some Collection<UInt8>) -> String? {
        if name.isEmpty { return "an empty name" }
        if name.count > maxNameBytes { return "a name longer than \(maxNameBytes) bytes" }
        if name.contains(UInt8(ascii: "/")) || name.contains(0) { return "a name with a slash or a zero byte" }
        if name.elementsEqual(".".utf8) || name.elementsEqual("..".utf8) { return "the name . or .." }
        if isGitFolder(name) { return "a name git reserves (.git)" }
        return nil
    }

    private static func isGitFolder(_ name: some Collection<UInt8>) -> Bool {
        guard name.count <= 64 else { return false }
        var lower = name.map { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) ? $0 + 32 : $0 }
        while let last = lower.last, last == UInt8(ascii: " ") || last == UInt8(ascii: "."), lower.count > 1 {
            lower.removeLast()
        }
        return lower == Array(".git".utf8) || lower == Array("git~1".utf8)
    }
}
