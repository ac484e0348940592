import Foundation
import SystemPackage

/// Unpacks a tar archive as a root file system.
///
/// Owners, extended attributes and set-user-id bits are left out, devices and pipes are not made. What leads out of the
/// root is refused.
struct RootUnpacker {
    /// What an archive may hold.
    struct Limits: Sendable {
        var bytes: Int64 = 64 << 30
        var entries = 4_000_000
    }

    let root: RootFolder
    var limits = Limits()
    /// The permissions of folders by their names in the archive, with links followed; the last word counts.
    private var modes: [FilePath: mode_t] = [:]

    init(_ path: FilePath, limits: Limits = Limits()) {
        root = RootFolder(path: path)
        self.limits = limits
    }

    /// Unpacks an archive that is not compressed over what is there.
    ///
    /// - Parameter isLayer: whether it is a layer of an image, whose whiteouts remove what earlier layers brought.
    mutating func unpack(_ archive: FilePath, isLayer: Bool = false) throws {
        if isLayer { try applyWhiteouts(archive) }
        var reader = try TarReader(archive)
        while let (entry, offset) = try reader.next() {
            try Task.checkCancellation()
            let names = try RootFolder.names(entry.path)
            guard let name = names.last, !isLayer || !name.hasPrefix(Self.whiteout) else { continue }
            limits.entries -= 1
            if entry.kind == .file { limits.bytes -= entry.size }
            guard limits.entries >= 0, limits.bytes >= 0 else {
                throw RootError.notAcceptable("it holds more than may be unpacked")
            }
            guard let parent = try root.folder(Array(names.dropLast())) else { continue }
            try place(entry, at: parent.appending(name), reader, offset)
        }
    }

    /// Gives the folders their own permissions, which would have been in the way; this user can always read them.
    func finish() {
        // The deepest first. One that a link has replaced since is left alone: its permissions would be another's.
        for (path, mode) in modes.sorted(by: { $0.key.components.count > $1.key.components.count })
        where root.isFolder(path) {
            chmod(path.string, mode & 0o777 | 0o500)
        }
    }

    private mutating func place(
        _ entry: TarEntry, at path: FilePath, _ reader: borrowing TarReader, _ offset: Int64
    ) throws {
        if entry.kind == .folder, RootFolder.kind(of: path) == S_IFDIR {
            modes[path] = mode_t(entry.mode)
            return
        }
        switch entry.kind {
        case .special: return
        case .folder:
            try RootFolder.remove(path)
            guard mkdir(path.string, 0o755) == 0 else { throw RootFolder.failure(path) }
            modes[path] = mode_t(entry.mode)
        case .file:
            try RootFolder.remove(path)
            let mode = FilePermissions(rawValue: CInterop.Mode(entry.mode) & 0o777 | 0o400)
            let file = try FileDescriptor.open(
                path, .writeOnly, options: [.create, .exclusiveCreate, .noFollow], permissions: mode)
            defer { try? file.close() }
            try reader.copy(from: offset, size: entry.size, to: file)
        case .symbolicLink(let target):
            try RootFolder.remove(path)
            guard !target.isEmpty, symlink(target, path.string) == 0 else { throw RootFolder.failure(path) }
        case .hardLink(let target):
            try link(to: target, at: path)
        }
    }

    /// A second name for a file of the root; for nothing else, and never through a link at its end.
    private func link(to target: String, at path: FilePath) throws {
        let names = try RootFolder.names(target)
        guard let name = names.last, let parent = try root.folder(Array(names.dropLast()), making: false),
            RootFolder.kind(of: parent.appending(name)) == S_IFREG
        else { throw RootError.notAcceptable("a hard link names \(target.prefix(200)), which is no file of it") }
        let file = parent.appending(name)
        if file == path { return }
        try RootFolder.remove(path)
        guard Foundation.link(file.string, path.string) == 0 else { throw RootFolder.failure(path) }
    }
}
