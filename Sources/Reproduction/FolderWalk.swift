import Foundation
import SystemPackage

/// Walks folders written by untrusted code: never follows a symbolic link, bounded in depth and number of entries.
enum FolderWalk {
    /// One entry of a folder, without its name.
    struct Entry {
        let status: stat
        /// The name, or nil if it is not UTF-8.
        let name: String?
    }

    /// What cannot be walked.
    enum Failure: Error {
        case tooDeep
        case unreadable(Errno)
    }

    static let deepest = 64

    /// Calls `visit` for every entry below an open folder, folders included; the descriptor is closed.
    ///
    /// An entry that disappears meanwhile is skipped.
    ///
    /// - Parameter visit: Receives the components from the start and the entry; a throw ends the walk.
    static func walk(
        closing folder: CInt, path: [String] = [], visit: ([String], Entry) throws -> Void
    ) throws {
        guard let stream = fdopendir(folder) else {
            let error = Errno(rawValue: errno)
            close(folder)
            throw Failure.unreadable(error)
        }
        defer { closedir(stream) }
        guard path.count < deepest else { throw Failure.tooDeep }
        while let item = readdir(stream) {
            try withUnsafePointer(to: &item.pointee.d_name) { tuple in
                try tuple.withMemoryRebound(to: CChar.self, capacity: 256) { name in
                    if strcmp(name, ".") != 0, strcmp(name, "..") != 0 {
                        try visitEntry(name, in: dirfd(stream), path: path, visit: visit)
                    }
                }
            }
        }
    }

    /// Opens a folder by its components below another one, following no symbolic link.
    static func open(_ components: [String], below folder: CInt) throws(Errno) -> CInt {
        var current = dup(folder)
        for component in components {
            let next = openat(current, component, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
            let error = Errno(rawValue: errno)
            close(current)
            guard next >= 0 else { throw error }
            current = next
        }
        guard current >= 0 else { throw Errno(rawValue: errno) }
        return current
    }

    private static func visitEntry(
        _ name: UnsafePointer<CChar>, in folder: CInt, path: [String], visit: ([String], Entry) throws -> Void
    ) throws {
        var status = stat()
        guard fstatat(folder, name, &status, AT_SYMLINK_NOFOLLOW) == 0 else { return }
        let text = String(validatingCString: name)
        let below = path + [text ?? "?"]
        try visit(below, Entry(status: status, name: text))
        guard status.st_mode & S_IFMT == S_IFDIR else { return }
        let next = openat(folder, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard next >= 0 else {
            if errno == ENOENT { return }
            throw Failure.unreadable(Errno(rawValue: errno))
        }
        try walk(closing: next, path: below, visit: visit)
    }
}
