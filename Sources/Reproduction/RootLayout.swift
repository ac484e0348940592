import Foundation
import SystemPackage

/// What the root of a sandbox consists of, the same for every executor: the sandbox adds only its own folders.
struct RootLayout: Sendable {
    /// One thing to make at a path of the sandbox; later ones may lie on top of earlier ones.
    enum Entry: Sendable, Hashable {
        /// A file or folder of the host, read-only.
        case shown(FilePath, at: String)
        /// A symbolic link.
        case link(String, at: String)
        /// An empty read-only folder, which hides what would be there.
        case emptyFolder(at: String)
    }

    /// Names at the top of a root file system that the sandbox has its own version of.
    private static let ownNames: Set<String> = ["dev", "in", "out", "params.json", "proc", "sys", "tmp", "work"]

    let entries: [Entry]

    /// Looks at a root.
    ///
    /// - Parameter accounts: the folder with the account files that the host's programs are shown.
    init(_ root: ExecutionRequest.Root, accounts: RunFolder) throws(ExecutorError) {
        entries =
            switch root {
            case .host: Self.host(accounts)
            case .folder(let path): try Self.folder(path)
            }
    }

    /// `/usr` without `/usr/local`, and what programs need besides it.
    private static func host(_ accounts: RunFolder) -> [Entry] {
        var entries = [Entry.shown("/usr", at: "/usr")]
        for name in ["bin", "lib", "lib32", "lib64", "libx32", "sbin"] {
            entries += entry(FilePath("/\(name)"), at: "/\(name)")
        }
        var isFolder: ObjCBool = false
        if FileManager.default.fileExists(atPath: "/usr/local", isDirectory: &isFolder), isFolder.boolValue {
            entries.append(.emptyFolder(at: "/usr/local"))
        }
        for path in ["/etc/alternatives", "/etc/ld.so.cache"] { entries += entry(FilePath(path), at: path) }
        return entries + [
            .shown(accounts.accountsFile, at: "/etc/passwd"), .shown(accounts.groupsFile, at: "/etc/group"),
        ]
    }

    /// Every entry of an unpacked root file system on its own, so that mount points need not exist in it.
    private static func folder(_ root: FilePath) throws(ExecutorError) -> [Entry] {
        do {
            return try FileManager.default.contentsOfDirectory(atPath: root.string).sorted()
                .filter { !ownNames.contains($0) }
                .flatMap { entry(root.appending($0), at: "/" + $0) }
        } catch {
            throw .invalidRequest("the root file system \(root) cannot be read: \(error.localizedDescription)")
        }
    }

    /// A link as a link, anything else as it is; nothing if it is not there.
    private static func entry(_ path: FilePath, at place: String) -> [Entry] {
        if let target = try? FileManager.default.destinationOfSymbolicLink(atPath: path.string) {
            return [.link(target, at: place)]
        }
        return FileManager.default.fileExists(atPath: path.string) ? [.shown(path, at: place)] : []
    }
}

extension RootLayout {
    private init(entries: [Entry]) { self.entries = entries }

    /// The same root with the entries of some top folders one by one, so that others can be added to those folders.
    func opening(_ names: Set<String>) -> RootLayout {
        RootLayout(
            entries: entries.flatMap { entry -> [Entry] in
                guard case .shown(let path, let place) = entry, names.contains(place) else { return [entry] }
                let children = (try? FileManager.default.contentsOfDirectory(atPath: path.string)) ?? []
                return children.sorted().flatMap { Self.entry(path.appending($0), at: "\(place)/\($0)") }
            })
    }
}
