/// Paths given by recipes: relative, with `/` between components, never leaving their folder.
enum RelativePath {
    /// The components of a path, or nil if it is empty, absolute, too long, or holds `.`, `..`, an empty component or NUL.
    static func components(_ path: String) -> [String]? {
        guard !path.isEmpty, path.utf8.count <= 1024, !path.utf8.contains(0) else { return nil }
        let parts = path.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard parts.count <= 32 else { return nil }
        let allPlain = parts.allSatisfy { !$0.isEmpty && $0 != "." && $0 != ".." && $0.utf8.count <= 255 }
        return allPlain ? parts : nil
    }
}
