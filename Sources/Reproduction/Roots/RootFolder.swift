import Foundation
import SystemPackage

/// A root file system while it is unpacked: paths of an archive never lead out of it.
///
/// Nobody else writes there, so that what was looked at stays what it is.
struct RootFolder: Sendable {
    /// The most symbolic links on one way, as the kernel counts them.
    private static let mostLinks = 40
    private static let longestPath = 4096

    let path: FilePath

    /// The names of an archive's path; throws for `..` and what is too long.
    static func names(_ path: String) throws(RootError) -> [String] {
        let names = path.split(separator: "/").map(String.init).filter { $0 != "." }
        guard !names.contains(".."), !path.utf8.contains(0), path.utf8.count <= longestPath,
            names.allSatisfy({ $0.utf8.count <= 255 })
        else { throw .notAcceptable("\(path.prefix(200)) is not a path inside it") }
        return names
    }

    /// Where a folder is, following links as if the root were `/`; makes what is missing.
    func folder(_ names: [String], making isMaking: Bool = true) throws(RootError) -> FilePath? {
        var place: [String] = []
        var ahead = Array(names.reversed())
        var links = 0
        while let name = ahead.popLast() {
            switch name {
            case ".": continue
            case "..": _ = place.popLast()
            default:
                let next = host(place + [name])
                switch Self.kind(of: next) {
                case S_IFDIR: place.append(name)
                case S_IFLNK:
                    links += 1
                    guard links <= Self.mostLinks,
                        let target = try? FileManager.default.destinationOfSymbolicLink(atPath: next.string)
                    else { throw .notAcceptable("\(name) is a link that leads nowhere") }
                    if target.hasPrefix("/") { place = [] }
                    ahead += target.split(separator: "/").map(String.init).reversed()
                case nil:
                    guard isMaking else { return nil }
                    guard mkdir(next.string, 0o755) == 0 else { throw Self.failure(next) }
                    place.append(name)
                default:
                    guard isMaking else { return nil }
                    throw .notAcceptable("\(names.joined(separator: "/").prefix(200)) lies below a file")
                }
            }
        }
        return host(place)
    }

    /// Where a file is, following links as if the root were `/`; nil if it is not there.
    func file(_ names: [String]) throws(RootError) -> FilePath? {
        var names = names
        for _ in 0..<Self.mostLinks {
            guard let name = names.last, name != "..", let parent = try folder(Array(names.dropLast()), making: false)
            else { return nil }
            let place = parent.appending(name)
            guard Self.kind(of: place) == S_IFLNK else { return Self.kind(of: place) == nil ? nil : place }
            guard let target = try? FileManager.default.destinationOfSymbolicLink(atPath: place.string) else {
                return nil
            }
            let inside = parent.components.dropFirst(path.components.count).map(\.string)
            names = (target.hasPrefix("/") ? [] : inside) + target.split(separator: "/").map(String.init)
        }
        return nil
    }

    /// Whether there is a folder at a path of this machine below the root, and no link on the way to it.
    func isFolder(_ place: FilePath) -> Bool {
        var place = place
        while place != path {
            guard Self.kind(of: place) == S_IFDIR, place.removeLastComponent() else { return false }
        }
        return true
    }

    /// Removes a file, a link or a whole folder; nothing happens if it is not there.
    static func remove(_ path: FilePath) throws(RootError) {
        guard let kind = kind(of: path) else { return }
        if kind != S_IFDIR {
            guard unlink(path.string) == 0 else { throw failure(path) }
            return
        }
        do {
            try FileManager.default.removeItem(atPath: path.string)
        } catch {
            throw .cannotUnpack("\(path) cannot be removed: \(error.localizedDescription)")
        }
    }

    /// What is at a path, not following a link: `S_IFREG`, `S_IFDIR`, …; nil if nothing is.
    static func kind(of path: FilePath) -> mode_t? {
        var status = stat()
        return lstat(path.string, &status) == 0 ? status.st_mode & S_IFMT : nil
    }

    static func failure(_ path: FilePath) -> RootError {
        .cannotUnpack("\(path) cannot be made: \(String(cString: strerror(errno)))")
    }

    private func host(_ names: [String]) -> FilePath { names.reduce(path) { $0.appending($1) } }
}
