import AuditLog
package import RegistryTypes

/// The answer to a push.
package struct PushedVersion: Sendable, Equatable {
    /// The model or dataset.
    package let name: QualifiedName
    /// The number that the version got.
    package let number: Int
    /// The version digest.
    package let digest: Digest
    /// The artifact digest.
    package let artifact: Digest
    /// `nonfinite`, `dirty-source`, `source-incomplete`.
    package let flags: [String]
    /// The lowest other version with the same artifact.
    package let sameArtifactAs: Int?

    /// The entry that records the push.
    func entry(_ kind: String) -> AuditEntry {
        AuditEntry(
            "version.create", namespace: name.namespace.text, object: "\(kind):\(name):\(number)", digest: digest,
            after: ["artifact": .string(artifact.description), "flags": .array(flags.map(JSONValue.string))])
    }
}
