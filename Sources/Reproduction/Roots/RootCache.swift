package import RegistryTypes
package import SystemPackage

/// Root file systems that were unpacked before, by the digest that recipes name.
package struct RootCache: Sendable {
    let folders: UnpackedFolders

    /// Keeps root file systems in a folder, which is made when something comes into it.
    package init(folder: FilePath) { folders = UnpackedFolders(folder: folder) }

    /// The user's own: `$XDG_CACHE_HOME/assay/roots`, else `~/.cache/assay/roots`.
    package init(environment: [String: String]) { folders = UnpackedFolders("roots", environment: environment) }

    /// Where the root file system with a digest is; nil if it was not unpacked yet.
    package func find(_ digest: Digest) -> FilePath? { folders.find(digest.hex) }

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
        let draft = try folders.begin()
        defer { draft.remove() }
        var unpacker = RootUnpacker(draft.content)
        try await fill(&unpacker, draft.scratch)
        unpacker.finish()
        return try folders.keep(draft, as: name)
    }
}
