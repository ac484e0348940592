package import RegistryTypes

/// The key by which a push that CI repeats is recognised as the same one.
package enum IdempotencyKey {
    /// The SHA-256, in hex, of what makes a push the same; nil outside of CI, where a repeated push is a new version.
    ///
    /// - Parameter name: `namespace/name` of a model, with `dataset:` in front for a dataset.
    package static func derived(
        _ name: String, artifact: Digest, commit: GitCommit?, recipe: Digest?, buildID: String?
    ) throws -> String? {
        guard let buildID else { return nil }
        let document: JSONValue = [
            "model": .string(name), "artifact": .string(artifact.description),
            "commit": .optional(commit?.hex), "recipe": .optional(recipe?.description), "build": .string(buildID),
        ]
        return try document.canonicalDigest().hex
    }
}
