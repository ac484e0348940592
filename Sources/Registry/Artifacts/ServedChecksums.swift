package import RegistryTypes

/// The digests of a version's files, as `sha256sum -c` reads them.
package struct ServedChecksums: Sendable, Equatable {
    /// One line a file: `<hex>  <path>`. Symbolic links are left out, for `sha256sum` would follow them.
    package let text: String
    /// The number and digest of the version.
    package let version: Int
    package let versionDigest: Digest

    /// Writes the lines; a path holds no backslash and no line break (`ArtifactPath`), so none needs an escape.
    init(_ files: [ArtifactFile], of version: VersionRows.Version) {
        text = files.filter { $0.mode != .symlink }.map { "\($0.sha256.hex)  \($0.path)\n" }.joined()
        self.version = version.number
        versionDigest = version.digest
    }
}
