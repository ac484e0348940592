package import RegistryTypes
package import SystemPackage

/// Python packages that were unpacked before, by the digest of the dataset that holds their wheels.
package struct PackageCache: Sendable {
    private let folders: UnpackedFolders

    /// Keeps packages in a folder, which is made when something comes into it.
    package init(folder: FilePath) { folders = UnpackedFolders(folder: folder) }

    /// The user's own: `$XDG_CACHE_HOME/assay/packages`, else `~/.cache/assay/packages`.
    package init(environment: [String: String]) { folders = UnpackedFolders("packages", environment: environment) }

    /// Unpacks the wheels of a dataset, whose files were hashed before, and keeps the result under the dataset's digest;
    /// it appears only when it is complete.
    ///
    /// - Throws: `PackagesError`, `CancellationError`.
    package func unpack(_ wheels: [Wheel], in dataset: FilePath, as digest: Digest) throws -> FilePath {
        if let found = folders.find(digest.hex) { return found }
        do {
            let draft = try folders.begin()
            defer { draft.remove() }
            var unpacker = WheelUnpacker(draft.content)
            for wheel in wheels { try unpacker.unpack(dataset.appending(wheel.fileName)) }
            return try folders.keep(draft, as: digest.hex)
        } catch RootError.cannotUnpack(let why) {
            throw PackagesError.cannotUnpack(why)
        }
    }
}
