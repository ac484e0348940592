package import RegistryTypes

extension VersionRecord {
    /// Throws `integrity-failure` unless digest, document and files of the version fit together.
    ///
    /// The files are then known by what the reference names, so that checking their bytes checks the version.
    package func verify(against reference: VersionReference? = nil) throws {
        var problem: String?
        if try document.canonicalDigest() != summary.digest {
            problem = "its document does not have its digest"
        } else if try ArtifactManifest(files).digest() != summary.artifact || document.artifact != summary.artifact {
            problem = "its files are not those of its artifact"
        } else if case .digest(let digest) = reference?.selector, digest != summary.digest {
            problem = "it is not the version that was asked for"
        }
        guard let problem else { return }
        throw RegistryError(
            .integrityFailure,
            "the server's account of \(summary.name):\(summary.number) contradicts itself: \(problem). Do not use it")
    }
}
