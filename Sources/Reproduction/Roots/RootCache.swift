import Foundation
package import RegistryTypes
package import SystemPackage

/// Root file systems that were unpacked before, by the digest that recipes name, in a folder that may be removed at any
/// time while nothing runs.
package struct RootCache: Sendable {
    let folder: FilePath

    /// Keeps root file systems in a folder, which is made when something comes into it.
    package init(folder: FilePath) { self.folder = folder }

    /// The user's own: `$XDG_CACHE_HOME/assay/roots`, else `~/.cache/assay/roots`.
    package init(environment: [String: String]) {
        let home = environment["HOME"] ?? NSHomeDirectory()
        let given = environment["XDG_CACHE_HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil }
        folder = FilePath(given ?? home + "/.cache").appending("assay").appending("roots")
    }

    /// Where the root file system with a digest is; nil if it was not unpacked yet.
    package func find(_ digest: Digest) -> FilePath? {
        let place = folder.appending(digest.hex)
        return RootFolder.kind(of: place) == S_IFDIR ? place : nil
    }

    /// Unpacks an archive, plain or compressed by gzip or zstd, and keeps the result under its digest, which was compared
    /// before; it appears only when it is complete.
    ///
    /// - Throws: `RootError`.
    package func unpack(_ archive: FilePath, as digest: Digest) async throws -> FilePath {
        if let found = find(digest) { return found }
        return try await make(digest.hex) { unpacker, scratch in
            let plain = scratch.appending("root.tar")
            try await PlainArchive.expand(archive, to: plain, limit: unpacker.limits.bytes)
            try unpacker.unpack(plain)
        }
    }

    /// Fills a new root file system and gives it its name once it is complete.
    ///
    /// - Parameter fill: gets the empty root and a folder for what is needed meanwhile.
    func make(
        _ name: String, _ fill: (inout RootUnpacker, FilePath) async throws -> Void
    ) async throws -> FilePath {
        do {
            try FileManager.default.createDirectory(atPath: folder.string, withIntermediateDirectories: true)
        } catch {
            throw RootError.cannotUnpack("\(folder) cannot be made: \(error.localizedDescription)")
        }
        let scratch = folder.appending("new-\(getpid())-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(atPath: scratch.string) }
        let root = scratch.appending("root")
        for path in [scratch, root] {
            guard mkdir(path.string, 0o755) == 0 else { throw RootFolder.failure(path) }
        }
        var unpacker = RootUnpacker(root)
        try await fill(&unpacker, scratch)
        unpacker.finish()
        let place = folder.appending(name)
        // Another worker may have been faster; both unpacked the same bytes.
        if rename(root.string, place.string) != 0, RootFolder.kind(of: place) != S_IFDIR {
            throw RootFolder.failure(place)
        }
        return place
    }
}
