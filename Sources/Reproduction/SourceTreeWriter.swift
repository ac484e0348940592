import Foundation
import RegistryTypes

/// Creates files below one folder through folder descriptors, so that no path is ever resolved twice.
///
/// Entries must come in tree order (a folder's entries follow each other): only the folders on the way to the current
/// entry are open, and each is created exactly once.
struct SourceTreeWriter: ~Copyable {
    private struct OpenFolder {
        let name: String
        let descriptor: Int32
    }

    private let time: Int64
    private var folders: [OpenFolder]

    /// - Throws: ``SourceMaterialiserError/folderNotEmpty(_:)``.
    init(emptyFolder path: String, time: Int64) throws {
        let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        let content = try? FileManager.default.contentsOfDirectory(atPath: path)
        self.time = time
        folders = descriptor < 0 ? [] : [OpenFolder(name: "", descriptor: descriptor)]
        guard descriptor >= 0, content?.isEmpty == true else { throw SourceMaterialiserError.folderNotEmpty(path) }
    }

    deinit {
        for folder in folders { close(folder.descriptor) }
    }

    mutating func write(_ entry: SourceEntry, content: UnsafeRawBufferPointer) throws {
        let names = entry.path.split(separator: "/").map(String.init)
        guard let name = names.last else { return }
        let folder = try descriptor(of: names.dropLast(), path: entry.path)
        switch entry.kind {
        case .symlink: try link(to: content, name: name, in: folder, path: entry.path)
        case .file: try create(name: name, mode: 0o644, content: content, in: folder, path: entry.path)
        case .executable: try create(name: name, mode: 0o755, content: content, in: folder, path: entry.path)
        }
    }

    /// Closes the folders that are done and creates those that are new.
    private mutating func descriptor(of names: ArraySlice<String>, path: String) throws -> Int32 {
        var shared = 0
        for (open, name) in zip(folders.dropFirst(), names) {
            // Bytes, not characters: two spellings of é are one String but two folders.
            guard open.name.utf8.elementsEqual(name.utf8) else { break }
            shared += 1
        }
        while folders.count > shared + 1 { close(folders.removeLast().descriptor) }
        var parent = folders.last?.descriptor ?? -1
        for name in names.dropFirst(shared) {
            try check(mkdirat(parent, name, 0o755), "mkdir", path)
            let flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC
            parent = try check(openat(parent, name, flags), "open", path)
            folders.append(OpenFolder(name: name, descriptor: parent))
            try check(fchmod(parent, 0o755), "chmod", path)
        }
        return parent
    }

    private func create(
        name: String, mode: mode_t, content: UnsafeRawBufferPointer, in folder: Int32, path: String
    ) throws {
        let flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC
        let file = try check(openat(folder, name, flags, 0o600), "create", path)
        defer { close(file) }
        var rest = content[...]
        while !rest.isEmpty {
            let part = UnsafeRawBufferPointer(rebasing: rest.prefix(8 << 20))
            let written = Foundation.write(file, part.baseAddress, part.count)
            if written < 0, errno == EINTR { continue }
            guard written > 0 else {
                throw SourceMaterialiserError.cannotWrite(path: path, operation: "write", code: errno)
            }
            rest = rest.dropFirst(written)
        }
        try check(fchmod(file, mode), "chmod", path)
        let moment = timespec(tv_sec: Int(time), tv_nsec: 0)
        try check(futimens(file, [moment, moment]), "set time", path)
    }

    private func link(to target: UnsafeRawBufferPointer, name: String, in folder: Int32, path: String) throws {
        let terminated = target.map { CChar(bitPattern: $0) } + [0]
        try check(symlinkat(terminated, folder, name), "symlink", path)
    }

    @discardableResult
    private func check(_ result: Int32, _ operation: String, _ path: String) throws -> Int32 {
        guard result >= 0 else {
            throw SourceMaterialiserError.cannotWrite(path: path, operation: operation, code: errno)
        }
        return result
    }
}
