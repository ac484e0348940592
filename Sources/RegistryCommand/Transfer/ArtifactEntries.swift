package import Foundation
package import RegistryTypes

/// The files that a push was asked for, with their paths in the artifact.
package struct ArtifactEntries: Sendable {
    /// One of them.
    package struct Entry: Sendable, Hashable {
        package let path: ArtifactPath
        package let url: URL
        /// The target, for a symbolic link.
        package let linkTarget: String?
    }

    /// The entries, sorted by path.
    package let entries: [Entry]

    /// The most files of one push.
    static let maximumCount = 100_000

    /// Finds the files: a file is named as it is called, the files of a folder by their paths below it.
    ///
    /// Folders called `.git` and parts of interrupted downloads are left out. Links that are named themselves are
    /// followed; those inside a folder are kept as links and must not lead out of it.
    ///
    /// - Throws: `not-found`, `invalid-path`, or `invalid-request` if nothing is there.
    package init(_ places: [String]) throws {
        var found: [Entry] = []
        for place in places {
            var status = stat()
            guard stat(place, &status) == 0 else {
                throw RegistryError(.notFound, "there is no file or folder \(place)")
            }
            let url = URL(filePath: place)
            switch status.st_mode & S_IFMT {
            case S_IFREG:
                found.append(Entry(path: try ArtifactPath(url.lastPathComponent), url: url, linkTarget: nil))
            case S_IFDIR: found += try Self.inside(place)
            default: throw RegistryError(.invalidPath, "\(place) is neither a file nor a folder")
            }
            guard found.count <= Self.maximumCount else {
                throw RegistryError(.invalidRequest, "more than \(Self.maximumCount) files; pack them into fewer")
            }
        }
        guard !found.isEmpty else { throw RegistryError(.invalidRequest, "there is no file to push") }
        var seen: Set<ArtifactPath> = []
        for entry in found where !seen.insert(entry.path).inserted {
            throw RegistryError(.invalidPath, "two of the files would be called \(entry.path)")
        }
        entries = found.sorted { $0.path < $1.path }
    }

    private static func inside(_ folder: String) throws -> [Entry] {
        var entries: [Entry] = []
        guard let walk = FileManager.default.enumerator(atPath: folder) else {
            throw RegistryError(.invalidPath, "the folder \(folder) cannot be read")
        }
        while let name = walk.nextObject() as? String {
            let full = folder + "/" + name
            var status = stat()
            guard lstat(full, &status) == 0 else { throw RegistryError(.invalidPath, "\(full) cannot be read") }
            let last = (name as NSString).lastPathComponent
            switch status.st_mode & S_IFMT {
            case S_IFDIR:
                if last == ".git" { walk.skipDescendants() }
            case S_IFREG:
                if last.contains(".assay-part-") { continue }
                entries.append(Entry(path: try ArtifactPath(name), url: URL(filePath: full), linkTarget: nil))
            case S_IFLNK:
                let target = try FileManager.default.destinationOfSymbolicLink(atPath: full)
                let path = try ArtifactPath(name)
                guard path.mayLink(to: target) else {
                    throw RegistryError(
                        .invalidPath,
                        "the symbolic link \(name) leads out of the folder, or may do so, to \(target); put the file "
                            + "itself in its place (`cp -L`)")
                }
                entries.append(Entry(path: path, url: URL(filePath: full), linkTarget: target))
            default: throw RegistryError(.invalidPath, "\(full) is neither a file, a folder nor a link")
            }
            guard entries.count <= maximumCount else { break }
        }
        return entries
    }
}
