extension ArtifactPath {
    /// Whether a symbolic link at this path may have a target: it must be relative and stay inside the artifact.
    ///
    /// `..` may only stand at the front. Behind a name, which may itself be a link, nobody can tell from the words
    /// alone where it leads: `a/link/../..` with `a/link → ..` is outside.
    package func mayLink(to target: String) -> Bool {
        let components = target.split(separator: "/").filter { $0 != "." }
        let up = components.prefix { $0 == ".." }.count
        let folders = text.utf8.count { $0 == UInt8(ascii: "/") }
        return !target.isEmpty && !target.hasPrefix("/") && !target.utf8.contains(0) && up <= folders
            && !components.dropFirst(up).contains("..")
    }
}
