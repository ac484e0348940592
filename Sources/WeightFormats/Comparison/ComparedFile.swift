package import RegistryTypes

/// A file to be compared, with the digest that the caller has computed over its bytes.
package struct ComparedFile: Sendable {
    /// The bytes.
    package let file: MappedFile
    /// Their SHA-256.
    package let digest: Digest

    /// Puts both together; the digest is believed.
    package init(_ file: MappedFile, digest: Digest) {
        self.file = file
        self.digest = digest
    }
}
