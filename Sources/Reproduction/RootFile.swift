import Foundation
import SystemPackage

/// Reads files of an unpacked root file system, which somebody else filled: no symbolic link is followed.
enum RootFile {
    /// The text of a regular file below a root, at most 16 MiB of it; nil if it is missing or a link stands in the way.
    static func read(_ path: String, in root: FilePath) -> String? {
        var components = path.split(separator: "/").map(String.init)
        guard let name = components.popLast() else { return nil }
        let folder = open(root.string, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard folder >= 0 else { return nil }
        defer { close(folder) }
        guard let parent = try? FolderWalk.open(components, below: folder) else { return nil }
        defer { close(parent) }
        let file = openat(parent, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var status = stat()
        guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        return SmallFile.read(FileDescriptor(rawValue: file), limit: 16 << 20)
    }
}
