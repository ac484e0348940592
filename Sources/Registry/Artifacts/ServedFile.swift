package import RegistryTypes

/// A file that may be sent.
package struct ServedFile: Sendable, Equatable {
    /// The digest of its bytes.
    package let digest: Digest
    /// Its length in bytes.
    package let size: Int64
    package let mediaType: String
    /// The number and digest of the version that it belongs to.
    package let version: Int
    package let versionDigest: Digest
}
