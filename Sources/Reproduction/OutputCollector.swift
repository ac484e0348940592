import Foundation
package import SystemPackage

/// Finds the declared outputs of a finished run, trusting nothing the command left behind.
///
/// Every component of a path is opened without following symbolic links; only regular files with one name are taken.
/// Use it only after `Executor.execute` has returned: then no process is left that could exchange a file.
package struct OutputCollector: Sendable {
    /// What is accepted at most.
    package struct Limits: Sendable, Hashable {
        /// Files together, those inside declared folders included.
        package var files: Int
        /// Length of one file, in bytes; a sparse file counts with its length.
        package var fileBytes: Int64
        /// Length of all files together, in bytes.
        package var totalBytes: Int64

        /// Creates limits.
        package init(files: Int = 1000, fileBytes: Int64 = 16 << 30, totalBytes: Int64 = 64 << 30) {
            self.files = files
            self.fileBytes = fileBytes
            self.totalBytes = totalBytes
        }
    }

    /// The folder that was `/out`.
    package let folder: FilePath
    /// The folder that was `/work`, only used to explain a missing output.
    package let workFolder: FilePath?
    /// What is accepted at most.
    package let limits: Limits

    /// Creates a collector.
    package init(folder: FilePath, workFolder: FilePath? = nil, limits: Limits = Limits()) {
        self.folder = folder
        self.workFolder = workFolder
        self.limits = limits
    }

    /// Checks the declared outputs and returns the files, in the order of the declarations; folders sorted by path.
    ///
    /// - Parameter declared: Paths relative to `/out`, of files, or of folders whose files are all taken.
    /// - Throws: `OutputCollectionError` for the first path that is missing or not acceptable.
    package func collect(_ declared: [String]) throws -> [CollectedOutput] {
        var found = Tally(limits: limits)
        let root = try openRoot()
        defer { close(root) }
        for path in declared {
            try collect(path, below: root, into: &found)
        }
        return found.outputs
    }

    /// Opens a file below `/out` for reading, following no symbolic link; the caller closes it.
    ///
    /// - Throws: `OutputCollectionError` if it is missing or not a regular file with one name.
    package func open(_ path: String) throws -> FileDescriptor {
        let root = try openRoot()
        defer { close(root) }
        let (folder, name) = try openParent(of: path, below: root)
        defer { close(folder) }
        let file = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
        guard file >= 0 else { throw error(for: path, Errno(rawValue: errno)) }
        var status = stat()
        guard fstat(file, &status) == 0, Self.problem(with: status) == nil else {
            close(file)
            throw OutputCollectionError.notAcceptable(path, Self.problem(with: status) ?? .unreadable)
        }
        return FileDescriptor(rawValue: file)
    }

    private func collect(_ path: String, below root: CInt, into found: inout Tally) throws {
        let (parent, name) = try openParent(of: path, below: root)
        defer { close(parent) }
        var status = stat()
        guard fstatat(parent, name, &status, AT_SYMLINK_NOFOLLOW) == 0 else {
            throw error(for: path, Errno(rawValue: errno))
        }
        if status.st_mode & S_IFMT == S_IFDIR {
            try collectFolder(path, name: name, below: parent, into: &found)
        } else {
            try found.add(try output(path, declared: path, status: status))
        }
    }

    private func collectFolder(_ path: String, name: String, below parent: CInt, into found: inout Tally) throws {
        let folder = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard folder >= 0 else { throw error(for: path, Errno(rawValue: errno)) }
        var inside = Tally(limits: limits, after: found)
        do {
            try FolderWalk.walk(closing: folder) { components, entry in
                let file = ([path] + components).joined(separator: "/")
                guard entry.name != nil else { throw OutputCollectionError.notAcceptable(file, .name) }
                if entry.status.st_mode & S_IFMT == S_IFDIR {
                    try inside.countFolder()
                } else {
                    try inside.add(try output(file, declared: path, status: entry.status))
                }
            }
        } catch is FolderWalk.Failure {
            throw OutputCollectionError.notAcceptable(path, .unreadable)
        }
        guard !inside.outputs.isEmpty else { throw OutputCollectionError.notAcceptable(path, .emptyFolder) }
        found.append(inside)
    }

    private func output(_ path: String, declared: String, status: stat) throws -> CollectedOutput {
        if let problem = Self.problem(with: status) { throw OutputCollectionError.notAcceptable(path, problem) }
        let file = path.split(separator: "/").reduce(folder) { $0.appending(String($1)) }
        return CollectedOutput(declared: declared, path: path, size: Int64(status.st_size), file: file)
    }

    private static func problem(with status: stat) -> OutputCollectionError.Problem? {
        switch status.st_mode & S_IFMT {
        case S_IFREG: problem(withFile: status)
        case S_IFLNK: .symbolicLink
        case S_IFDIR: .folder
        case S_IFIFO: .namedPipe
        case S_IFSOCK: .socket
        default: .device
        }
    }

    /// The superuser reads files that nobody may read; what is taken must not depend on who collects it.
    private static func problem(withFile status: stat) -> OutputCollectionError.Problem? {
        if status.st_nlink != 1 { return .hardLinked }
        if status.st_mode & (S_ISUID | S_ISGID) != 0 { return .setUserID }
        return status.st_mode & S_IRUSR == 0 ? .unreadable : nil
    }
}

extension OutputCollector {
    private func openRoot() throws -> CInt {
        let root = Foundation.open(folder.string, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard root >= 0 else { throw OutputCollectionError.folderUnreadable(folder.string) }
        return root
    }

    private func openParent(of path: String, below root: CInt) throws -> (folder: CInt, name: String) {
        guard let components = RelativePath.components(path), let name = components.last else {
            throw OutputCollectionError.badPath(path)
        }
        do {
            return (try FolderWalk.open(components.dropLast(), below: root), name)
        } catch {
            throw self.error(for: path, error)
        }
    }

    private func error(for path: String, _ errno: Errno) -> OutputCollectionError {
        switch errno {
        case .noSuchFileOrDirectory: .missing(path, isInWorkFolder: isInWorkFolder(path))
        // A symbolic link on the way is "too many levels" or, for a folder, "not a directory".
        case .tooManySymbolicLinkLevels, .notDirectory: .notAcceptable(path, .symbolicLink)
        default: .notAcceptable(path, .unreadable)
        }
    }

    private func isInWorkFolder(_ path: String) -> Bool {
        guard let workFolder, let components = RelativePath.components(path), let name = components.last else {
            return false
        }
        let root = Foundation.open(workFolder.string, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard root >= 0 else { return false }
        defer { close(root) }
        guard let parent = try? FolderWalk.open(components.dropLast(), below: root) else { return false }
        defer { close(parent) }
        var status = stat()
        return fstatat(parent, name, &status, AT_SYMLINK_NOFOLLOW) == 0
    }
}
