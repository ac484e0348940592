/// A wheel file by its name: `name-version(-build)?-python-abi-platform.whl` (PyPA, "Binary distribution format").
package struct Wheel: Sendable, Hashable {
    package let fileName: String
    /// The package's name in its normal form.
    package let name: String
    /// The SHA-256 of the file.
    package let digest: Digest

    /// Takes the name apart; throws `PackagesError` if it is not that of a wheel.
    package init(fileName: String, digest: Digest) throws(PackagesError) {
        let parts = fileName.dropLast(4).split(separator: "-", omittingEmptySubsequences: false)
        guard fileName.hasSuffix(".whl"), parts.count == 5 || parts.count == 6, parts.allSatisfy({ !$0.isEmpty }) else {
            throw .noWheel(fileName, "its name is not name-version-python-abi-platform.whl")
        }
        self.fileName = fileName
        name = RequirementsLock.normal(parts[0])
        self.digest = digest
    }
}
