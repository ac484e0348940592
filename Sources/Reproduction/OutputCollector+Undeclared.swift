import Foundation
import SystemPackage

extension OutputCollector {
    private struct Enough: Error {}

    /// The files below the folder that are none of the declared ones, sorted; at most `most` of them.
    package func undeclared(besides declared: Set<String>, most: Int = 20) -> [String] {
        let root = Foundation.open(folder.string, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard root >= 0 else { return [] }
        var found: [String] = []
        // What cannot be walked has been said already, if it was declared.
        try? FolderWalk.walk(closing: root) { components, entry in
            let path = components.joined(separator: "/")
            guard entry.status.st_mode & S_IFMT != S_IFDIR, !declared.contains(path) else { return }
            found.append(path)
            if found.count == most { throw Enough() }
        }
        return found.sorted()
    }
}
